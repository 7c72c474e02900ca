/** Places in the book that panes lead to, where the page says by <meta name="inkling-book"> that there is a book. */
import { directory } from "./base.ts";

/** A chapter, and a place in it. */
export const places = {
  original: "initialisation#the-original-66-to-86",
  anotherBatch: "gradient-descent#f21-batch",
} as const;

/** The address of a place; undefined where there is no book. */
export function addressOf(place: keyof typeof places): string | undefined {
  const page = globalThis.document;
  const book = page?.querySelector<HTMLMetaElement>('meta[name="inkling-book"]')?.content;
  return book === undefined ? undefined : new URL(directory(book) + places[place], page.baseURI).href;
}
