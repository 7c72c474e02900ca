/** A worker that a user's page may have: the library runs in it, off the page's main thread. */
import { digests } from "./page.ts";

onmessage = async ({ data: threads }: MessageEvent<number>) => postMessage(await digests(threads));
