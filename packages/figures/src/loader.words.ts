/** What a page says of a figure that it could not load. */
import { messages } from "./words/messages.ts";

export const words = messages("loader", {
  failed: "The figure could not be loaded: this is its picture. Load the page anew.",
});
