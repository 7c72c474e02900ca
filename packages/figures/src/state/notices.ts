/** Values of an address that cannot be: a reader is told of each. What tells him is loaded when there is something. */

/** A value that cannot be, and what it is instead; or another version of the keys. */
export type Refused =
  | { readonly version: string }
  | {
      readonly key: string;
      readonly got: string;
      readonly instead: number;
      /** What could be there: a whole number up to this one, or what these words say. */
      readonly most?: number;
      readonly expected?: string;
    };

export function tellRefused(refused: Refused): void {
  if (typeof document === "undefined") return;
  void import("../parts/notices.ts").then(({ showRefused }) => showRefused(refused));
}
