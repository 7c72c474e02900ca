// What the tests that run native code share: the system, the levels of this CPU, or why there is none.
import {
  type Detected,
  detect,
  isUnavailable,
  type Level,
  openSystem,
  type System,
  type Unavailable,
} from "inkling-native";

const opened: System | Unavailable = await openSystem();
const detected: Detected = await detect();

/** The levels that run here; none where koffi is missing or refused. */
export const levels: readonly Level[] = (["avx2", "avx512"] as const).filter((level) => detected[level]);

/** Both levels, and why one cannot be run. */
export const skipped = (level: Level): string | undefined =>
  levels.includes(level) ? undefined : `${level} is not tested here: ${detected.reason}`;

/** The system. Call it in tests of a level only: those run where there is one. */
export function system(): System {
  if (isUnavailable(opened)) throw new Error(opened.reason);
  return opened;
}
