/** What the parts that all figures share say. */
import { messages } from "../words/messages.ts";

export const words = messages("parts", {
  gridHelp: "Arrow keys move from number to number, Home and End to the ends of a row, Page Up and Page Down by a row.",
  cell: (row: number, column: number, value: string) => `row ${row}, column ${column}: ${value}`,
  clipped: (count: string) => `${count} numbers beyond the scale`,
  numbers: "The numbers",
  save: "Save as CSV",
  legend: (low: string, high: string) => `Colours from ${low} through 0 to ${high}`,
  skip: "Show me the answer",
  drawHere: "Draw your guess into the empty chart: by pointer, or by the arrow keys.",
  compare: "Compare",
  again: "Draw again",
  right: "Yes.",
  wrong: "Not so.",
  handleHelp: "Arrow keys move it, with Shift by more.",
  guessAt: (x: string, y: string) => `your guess at ${x}: ${y}`,
  sketchHelp: "Left and right go along, up and down change your guess there.",
  amounts: (high: string) => `Colours from 0 to ${high}`,
});
