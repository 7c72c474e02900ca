/** What a page says of a figure or pane that it could not load. */
import { messages } from "./words/messages.ts";

export const words = messages("loader", {
  failed: "What moves here could not be loaded. Load the page anew.",
});
