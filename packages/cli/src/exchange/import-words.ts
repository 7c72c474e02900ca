/** The options of `inkling import` that say what a file does not, and what a reader of a file gives back. */
import { ArgumentError, type Ensemble, type Network } from "inkling";
import type { Backend } from "inkling/backends";

/** The options that say what a file does not. */
export interface ImportWords {
  readonly layers?: string;
  readonly activation?: string;
  readonly input?: string;
  readonly loss?: string;
  readonly like?: string;
  readonly normalize?: string;
  readonly pixels?: string;
  readonly output?: string;
}

/** Their names. */
export const importWords = ["layers", "activation", "input", "loss", "like", "normalize", "pixels", "output"] as const;

/** A model that was read. */
export interface Imported {
  readonly model: Network | Ensemble;
  /** What the file is: "a state dict in safetensors" */
  readonly format: string;
  /** What was assumed, or is not kept. */
  readonly notes: readonly string[];
  /** Where each of our tensors comes from, where names are not ours. */
  readonly sources?: readonly { readonly name: string; readonly from: string | undefined }[];
}

/** What a reader is given. */
export interface Given {
  /** The file's path, for files beside it. */
  readonly path: string;
  /** Its name, for errors. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: ImportWords;
  readonly backend: Backend;
}

/** Throws an ArgumentError for options about what the file says itself. */
export function checkNoWords(words: ImportWords, name: string, allowed: readonly (keyof ImportWords)[] = []): void {
  const given = importWords.find((word) => words[word] !== undefined && !allowed.includes(word));
  if (given === undefined) return;
  const expected = `a state dict (${name} says itself what --${given} would)`;
  throw new ArgumentError(`--${given}`, expected, JSON.stringify(words[given]), `Leave --${given} out.`);
}
