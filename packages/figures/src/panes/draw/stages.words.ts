/** What the steps of the preprocessing say. */
import { messages } from "../../words/messages.ts";

/** 1 right, 2 up: how far something was moved. */
function way(right: number, down: number): string {
  const parts = [
    ...(right === 0 ? [] : [`${Math.abs(right)} ${right > 0 ? "right" : "left"}`]),
    ...(down === 0 ? [] : [`${Math.abs(down)} ${down > 0 ? "down" : "up"}`]),
  ];
  return parts.length === 0 ? "it stays where it is" : `it moves by ${parts.join(" and ")}`;
}

export const words = messages("draw-stages", {
  drawnTitle: "1 · Drawn",
  drawn: (width: string, height: string, count: number) =>
    `${width} × ${height} pixels. ${count === 1 ? "The frame is" : `${count} digits: the frames are`} the smallest box around the ink.`,
  cutTitle: "2 · Cut out",
  cut: (width: string, height: string) => `${width} × ${height} pixels of ink, in the middle of a square.`,
  strokes: (before: string, after: string) =>
    `Strokes ${before} of 20 wide are rare in MNIST: they were made ${after} wide.`,
  averageTitle: (cells: number) => `3 · ${cells} × ${cells}`,
  average: "Each cell is the mean of the ink that it covers. The cross is the ink’s centre of mass.",
  shiftTitle: "4 · Centred",
  shift: (x: string, y: string, wanted: string, right: number, down: number) =>
    `Laid in the middle, its centre of mass is at ${x}, ${y}; MNIST’s digits have theirs at about ${wanted}, ${wanted} ` +
    `(the lines). So ${way(right, down)}, by whole pixels.`,
  seenTitle: "5 · What the network sees",
  seen: (count: number) => `${count} numbers from 0, paper, to 255, ink. Point at one to read it.`,
});
