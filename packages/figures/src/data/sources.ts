/** The library's own source as text, loaded when it is first shown. */

/** A few lines of a file. */
export interface Lines {
  /** Of the first, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

let files: Promise<Readonly<Record<string, string>>> | undefined;

/** All lines of a file below packages/inkling/src/. Rejects where the library has no such file. */
export async function sourceFile(file: string): Promise<readonly string[]> {
  files ??= import("./source-lines.ts").then(({ sourceFiles }) => sourceFiles);
  const text = (await files)[file];
  if (text === undefined) throw new Error(`The source of ${file} is not among the files that compute numbers.`);
  return text.trimEnd().split("\n");
}

/** The lines around one: the comment above it, and what follows in the same block; 5 before and 3 after, at most. */
export function linesAround(lines: readonly string[], line: number): Lines {
  const at = line - 1;
  let [first, last] = [at, at];
  while (first > 0 && at - first < 5 && lines[first - 1]?.trim() !== "") first--;
  while (last < lines.length - 1 && last - at < 3 && lines[last + 1]?.trim() !== "") last++;
  return { first: first + 1, lines: lines.slice(first, last + 1) };
}
