/** What is said where a figure is saved as a picture. */
import { messages } from "../words/messages.ts";

export const words = messages("saving", {
  help: "The figure as it is now, with its caption, and without its buttons.",
  png: "PNG, at twice its size",
  svg: "SVG, as lines and text",
  saved: (name: string) => `Saved: ${name}`,
  failed: (problem: string) => `It could not be saved: ${problem}`,
  source: (address: string) => `Inkling · ${address}`,
});
