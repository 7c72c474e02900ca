/** What is said of kept drawings. */
import { messages } from "../../words/messages.ts";

export const words = messages("drawings", {
  title: "Your drawings",
  meant: "Which digit did you mean? It is kept with the drawing.",
  keepAs: (digit: string) => `Keep the drawing as ${digit}`,
  stays: "They are kept in this browser. Nothing leaves this machine.",
  notKept: "This browser keeps nothing for this page: the drawings are gone when it is closed. Save them as a file.",
  full: (most: string) => `${most} drawings are kept; no more fit. Save them as a file and remove some.`,
  otherSize: "The kept drawings have another size. Save and remove them first.",
  none: "None yet.",
  count: (count: string) => `${count} kept.`,
  remove: (place: string) => `remove drawing ${place}`,
  removeAll: "Remove all",
  saveNpz: "Save as NPZ",
  saveIdx: "Save as IDX",
  load: "Load NPZ or IDX …",
  loaded: (count: string) => `${count} drawings were loaded.`,
  learnHelp: "A network learns your writing from them. It is tested on MNIST’s test images, which others have written.",
  learnAdded: "Learn MNIST and these",
  learnAlone: "Learn these alone",
  theFiles: "the files",
  unchanged: "Nothing was loaded.",
});
