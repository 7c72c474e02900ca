/** What a page says of a figure that it could not load. */
import { messages } from "./words/messages.ts";

export const words = messages("loader", {
  failed:
    "The figure could not be loaded, so that this is only its picture. When there is a connection again, load the page anew.",
});
