/** Where the site's files lie: digits, the book's network. */

/**
 * The address before their names, with a slash at its end: what <meta name="inkling-base"> of the page says, or the
 * page's own directory.
 */
export function dataBase(): string {
  const page = globalThis.document;
  const base = page?.querySelector<HTMLMetaElement>('meta[name="inkling-base"]')?.content ?? ".";
  return new URL(directory(base), page?.baseURI ?? globalThis.location.href).href;
}

/** The address of a directory, with its slash. */
export function directory(base: string): string {
  return base.replace(/\/*$/, "/");
}
