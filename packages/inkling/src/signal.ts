/** What ends long work: an AbortSignal, or anything that says as much as one. */
import { ArgumentError } from "./errors.ts";
import { shown } from "./shown.ts";

/** As much of an AbortSignal as long work looks at. */
export interface AbortLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** Throws an ArgumentError, in the name of `where`, for a signal that is none. Undefined is no signal. */
export function checkSignal(where: string, signal: unknown): asserts signal is AbortLike | undefined {
  if (signal === undefined || typeof (signal as Partial<AbortLike> | null)?.aborted === "boolean") return;
  throw new ArgumentError(where, "signal to be an AbortSignal", shown(signal));
}
