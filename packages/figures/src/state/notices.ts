/** Values of an address that cannot be: a reader is told of each. What tells him is loaded when there is something. */

/** What could be there: the sentence's words, or facts of which the words are made when they are needed. */
export type Expected =
  | string
  | { readonly from: number; readonly to: number; readonly isWhole?: boolean }
  | { readonly names: readonly string[] }
  | { readonly some: readonly string[] }
  | { readonly count: number; readonly from: number; readonly to: number }
  | { readonly orderOf: number };

/** A value that cannot be, and what it is instead; or another version of the keys. */
export type Refused =
  | { readonly version: string }
  | {
      readonly key: string;
      /** What the reader knows it by. */
      readonly label: string;
      readonly got: string;
      readonly instead: string;
      readonly expected: Expected;
    };

export function tellRefused(refused: Refused): void {
  if (typeof document === "undefined") return;
  void import("../parts/notices.ts").then(({ showRefused }) => showRefused(refused));
}
