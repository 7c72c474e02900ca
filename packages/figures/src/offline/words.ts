/** What is said of the site's copy for offline use. */
import { messages } from "../words/messages.ts";

export const words = messages("offline", {
  impossible: "This browser keeps no pages here: that needs https, or a site that this machine itself serves.",
  nothing: "This site has no copy to keep: it is made when the site is built.",
  save: (size: string) => `Save for offline (${size})`,
  about: (files: string) =>
    `All ${files} files: the book, the studio, the reference and MNIST. They stay on this machine.`,
  saving: (part: string, all: string) => `Saving: ${part} of ${all}`,
  stop: "Stop",
  saved: (size: string) =>
    `Saved for offline: ${size}. It follows the site: what is new is fetched when you are connected.`,
  remove: "Remove the copy",
  failed: (reason: string) =>
    `The site: expected all of its files, got a part (${reason}). Load the page again, then try once more.`,
  megabytes: (number: string) => `${number} MB`,
});
