/**
 * Which file of a folder an address means. Clean addresses have no ending (/book/neuron is book/neuron.html), and no
 * address leads out of the folder: not by "..", not encoded, not by a link on the disk.
 */
import { type FileHandle, open, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";

/** A file to send; it has to be closed. */
export interface FoundFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly modified: number;
  readonly type: string;
}

/** What an address means: a file, another address, or nothing. */
export type Meaning = FoundFile | { readonly movedTo: string } | undefined;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".xml": "application/xml; charset=utf-8",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".pdf": "application/pdf",
  ".zip": "application/zip",
};

/** The names of an address, one after the other; undefined for one that could mean a place outside, or is none. */
function namesOf(path: string): readonly string[] | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (!decoded.startsWith("/") || /[\0\\:]/.test(decoded)) return undefined;
  const names = decoded.slice(1).split("/");
  // Hidden files are nobody's business; with them go "." and "..".
  const isPlain = names.every((name, i) => !name.startsWith(".") && (name !== "" || i === names.length - 1));
  return isPlain ? names : undefined;
}

/** What the path of an address (still encoded, without its query) means in a folder. */
export async function meaningOf(folder: string, path: string): Promise<Meaning> {
  const names = namesOf(path);
  if (names === undefined) return undefined;
  const place = join(...names);
  if (names.at(-1) === "") return openInside(folder, join(place, "index.html"));
  const found = (await openInside(folder, place)) ?? (await openInside(folder, `${place}.html`));
  if (found !== undefined) return found;
  const index = await openInside(folder, join(place, "index.html"));
  await index?.handle.close();
  return index && { movedTo: `/${names.map(encodeURIComponent).join("/")}/` };
}

/** Opens a file of the folder; undefined where there is none, or where its name is a link that leads out. */
export async function openInside(folder: string, place: string): Promise<FoundFile | undefined> {
  let handle: FileHandle | undefined;
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, place))]);
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    handle = await open(real);
    const stats = await handle.stat();
    if (stats.isFile()) {
      const type = TYPES[extname(place).toLowerCase()] ?? "application/octet-stream";
      return { handle, size: stats.size, modified: stats.mtimeMs, type };
    }
  } catch {}
  await handle?.close();
  return undefined;
}
