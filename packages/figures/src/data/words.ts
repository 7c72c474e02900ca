/** What goes wrong where files are loaded, each in one sentence. */
import { messages } from "../words/messages.ts";

export const words = messages("data", {
  unreachable: (file: string) => `${file}: expected an answer, got none. Is there a connection? Then try again.`,
  refused: (file: string, status: string) => `${file}: expected a file, got status ${status}. Build the site again.`,
  cut: (file: string) => `${file}: expected a whole file, got a part of it. Try again.`,
  damaged: (file: string) =>
    `${file}: expected gzip data, got something else (is it truncated?). Build the site again.`,
  wrongSize: (file: string, expected: string, got: string) =>
    `${file}: expected ${expected} bytes, got ${got}. Build the site again.`,
  wrongList: (file: string) => `${file}: expected a list of files of digits, got something else. Build the site again.`,
});
