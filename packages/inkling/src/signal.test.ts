import { expect, test } from "vitest";
import { checkSignal } from "./signal.ts";

test.each([undefined, new AbortController().signal, { aborted: false }])(
  "%o can end work, or nothing can",
  (signal) => {
    expect(() => checkSignal("evaluate", signal)).not.toThrow();
  },
);

test.each([
  [5, "5"],
  [null, "null"],
  [{}, "an object"],
  [new AbortController(), "an AbortController"],
  [{ aborted: "no" }, "an object"],
])("%o is no signal", (signal, got) => {
  expect(() => checkSignal("evaluate", signal)).toThrow(`evaluate: expected signal to be an AbortSignal, got ${got}.`);
});
