/** What the parts that all figures share say. */
import { messages } from "../words/messages.ts";

export const words = messages("parts", {
  gridHelp: "Arrow keys move from number to number, Home and End to the ends of a row, Page Up and Page Down by a row.",
  cell: (row: number, column: number, value: string) => `row ${row}, column ${column}: ${value}`,
  clipped: (count: string) => `${count} numbers beyond the scale`,
  numbers: "The numbers",
  save: "Save as CSV",
  legend: (low: string, high: string) => `Colours from ${low} through 0 to ${high}`,
  amounts: (high: string) => `Colours from 0 to ${high}`,
});
