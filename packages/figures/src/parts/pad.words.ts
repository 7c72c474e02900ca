/** What the pad says. */
import { messages } from "../words/messages.ts";

export const words = messages("pad", {
  pad: "A sheet to draw a digit on",
  help:
    "Draw with finger, pen or mouse. With keys: arrows move the pen by one of 28 cells, Home, Page Up, End and Page " +
    "Down move it slantwise, the space bar puts it down and lifts it, Backspace takes the last stroke back, Delete " +
    "clears the sheet.",
  keys: "By keys: arrows move, space puts the pen down or lifts it, Backspace undoes",
  at: (row: number, column: number, isDown: boolean) =>
    `row ${row}, column ${column}, pen ${isDown ? "down: it draws" : "up"}`,
  undo: "Undo",
  clear: "Clear",
  file: "Picture …",
  fileHelp: "Picture from a file (PNG, JPEG). It can also be dropped or pasted on the sheet.",
  drop: "Drop the picture here",
  empty: "Draw a digit here",
  strokes: (count: number) => (count === 1 ? "1 stroke" : `${count} strokes`),
  cleared: "The sheet is empty.",
  loaded: (name: string, width: string, height: string) => `${name}: ${width} × ${height} pixels`,
  pasted: "the pasted picture",
  broken: (name: string, found: string) =>
    `${name}: expected a picture that this browser can show (PNG, JPEG), found ${found}. The sheet stays as it was; ` +
    "take another file.",
  brokenPicture: "one that is damaged or of another kind",
  notPicture: (type: string) => `a file of the type ${type}`,
  unknownFile: "a file of an unknown type",
  emptyFile: "an empty file",
  tooLarge: (size: string) => `a file of ${size} MB (at most 50)`,
});
