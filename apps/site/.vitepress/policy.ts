/**
 * What a built page may do: run scripts of its own host and those that stand in it (by their hashes), compile
 * WebAssembly, ask nobody else for anything. The policy stands in each page, so that it holds on any host.
 * `frame-ancestors` works in a header alone: `inkling studio` sends it.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The policy of a page: its inline scripts and styles are named by their hashes. */
export function policyOf(html: string): string {
  const scripts = inlined(html, /<script(?![^>]*\bsrc=)(?![^>]*application\/json)[^>]*>([\s\S]*?)<\/script>/g);
  const styles = inlined(html, /<style[^>]*>([\s\S]*?)<\/style>/g);
  return [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...scripts].join(" "),
    "worker-src 'self' blob:",
    ["style-src 'self'", ...styles].join(" "),
    // Typeset formulas place their letters by style attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    ...["font-src", "connect-src", "manifest-src", "frame-src"].map((directive) => `${directive} 'self'`),
    ...["base-uri", "form-action", "object-src"].map((directive) => `${directive} 'none'`),
  ].join("; ");
}

/** A page with its policy, which stands before all that it is about. */
export function withPolicy(html: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(html)}">`;
  if (!/<head>/.test(html)) throw new Error("A page needs a <head> for its policy, and this one has none.");
  return html.replace(/<head>(\s*<meta charset="utf-8">)?/i, (head) => `${head}\n    ${meta}`);
}

/** Writes its policy into each page of a folder. */
export async function addPolicies(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true });
  const pages = files.filter((file) => file.endsWith(".html")).map((file) => join(folder, file));
  await Promise.all(
    pages.map(async (page) => {
      await writeFile(page, withPolicy(await readFile(page, "utf8")));
    }),
  );
}

function inlined(html: string, pattern: RegExp): string[] {
  const hashes = [...html.matchAll(pattern)].map(([, text]) => {
    return `'sha256-${createHash("sha256")
      .update(text as string)
      .digest("base64")}'`;
  });
  return [...new Set(hashes)];
}
