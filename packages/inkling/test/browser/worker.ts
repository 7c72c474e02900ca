/** A worker that a user's page may have: the library runs in it, off the page's main thread. */
import { digests } from "./page.ts";

addEventListener("message", ({ data: given }: MessageEvent<Parameters<typeof digests>>) => {
  // A rejected promise tells the page nothing; an error does.
  digests(...given).then(postMessage, (error) => {
    setTimeout(() => {
      throw error;
    });
  });
});
