/** How large a picture may be, and the sentence for one that is larger or damaged. */
import { DataError } from "inkling";
import { MOST_PIXELS } from "inkling/pictures";

/** What a picture may be at most. It is refused by its header, before memory is taken for it. */
export interface PictureLimits {
  /** How many pixels; 2²⁶ (67 million) if absent, which is also the most that can be asked for. */
  readonly pixels?: number | undefined;
}

/** Throws a DataError for a picture without pixels or with more than the limit. */
export function checkPixels(
  name: string,
  width: number,
  height: number,
  { pixels = MOST_PIXELS }: PictureLimits,
): void {
  const most = Math.min(pixels, MOST_PIXELS);
  if (width >= 1 && height >= 1 && width * height <= most) return;
  const advice = width >= 1 && height >= 1 ? "Make the picture smaller." : "";
  throw new DataError(name, `a picture of 1 to ${most} pixels`, `${width} × ${height}`, advice);
}

/** The error for a picture that is not whole; `what` is the sentence of whatever found it. */
export function damaged(name: string, kind: "PNG" | "JPEG", what: unknown): DataError {
  const text = what instanceof Error ? what.message : String(what);
  return new DataError(name, `a ${kind} picture that is whole`, text.slice(0, 120));
}
