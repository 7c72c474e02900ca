/**
 * What one figure keeps in the page's address for itself: numbers under keys of its own, as #v=1&rate=0.5&seed=3. With
 * the library's equal bits they are enough to compute again what was seen.
 */
import { keep } from "./carried.ts";
import { tellRefused } from "./notices.ts";

/** One number: what it is where the address says nothing, and what it may be, in words too. */
export interface KeptNumber {
  readonly first: number;
  readonly holds: (value: number) => boolean;
  readonly expected: () => string;
}

export class Kept<Key extends string> {
  readonly #fields: Readonly<Record<Key, KeptNumber>>;

  constructor(fields: Readonly<Record<Key, KeptNumber>>) {
    this.#fields = fields;
  }

  /** What the address says; a value that cannot be is as at first, and the reader is told. */
  read(hash = globalThis.location?.hash ?? ""): Record<Key, number> {
    const given = new URLSearchParams(hash.replace(/^#/, ""));
    const entries = Object.entries<KeptNumber>(this.#fields).map(([key, { first, holds, expected }]) => {
      const got = given.get(key);
      if (got === null || given.get("v") === null) return [key, first];
      const value = /^-?\d{1,9}(\.\d{1,9})?$/.test(got) ? Number(got) : Number.NaN;
      if (holds(value)) return [key, value];
      tellRefused({ key, got, instead: first, expected: expected() });
      return [key, first];
    });
    return Object.fromEntries(entries);
  }

  write(numbers: Partial<Record<Key, number>>): void {
    keep(numbers as Record<string, number>);
  }
}
