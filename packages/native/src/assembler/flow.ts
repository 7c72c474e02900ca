/** Loops and branches of a kernel, so that its code reads like one. */
import { checked } from "../errors.ts";
import type { Condition, IntegerCode } from "./integers.ts";
import type { Gpr } from "./registers.ts";

/**
 * While `counter` is at least `step`: the body, then counter = counter − step. In the end the counter holds the rest,
 * below `step`. The body may not run at all. The counter has no sign, and the body must not change it.
 */
export function loop(code: IntegerCode, counter: Gpr, body: () => void, step = 1): void {
  checked("loop", "the step", step, 1, 2 ** 31 - 1);
  const [top, end] = [code.label("top of a loop"), code.label("end of a loop")];
  if (step === 1) code.test(counter, counter);
  else code.cmp(counter, step);
  code.jcc(step === 1 ? "e" : "b", end);
  code.align(32);
  code.place(top);
  body();
  if (step === 1) code.dec(counter);
  else {
    code.sub(counter, step);
    code.cmp(counter, step);
  }
  code.jcc(step === 1 ? "ne" : "ae", top);
  code.place(end);
}

/** The body, where the condition holds (of the flags that `cmp` or `test` has just set). */
export function when(code: IntegerCode, condition: Condition, body: () => void): void {
  const end = code.label(`not ${condition}`);
  code.jumpUnless(condition, end);
  body();
  code.place(end);
}
