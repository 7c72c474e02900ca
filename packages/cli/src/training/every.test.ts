import { expect, test } from "vitest";
import { everyFrom, isDue } from "./every.ts";

test.each([
  ["5m", { unit: "seconds", count: 300 }],
  ["30s", { unit: "seconds", count: 30 }],
  ["0.5h", { unit: "seconds", count: 1800 }],
  ["100steps", { unit: "steps", count: 100 }],
  ["1 step", { unit: "steps", count: 1 }],
  ["2epochs", { unit: "epochs", count: 2 }],
  [" 1epoch ", { unit: "epochs", count: 1 }],
  [undefined, { unit: "usual" }],
])("%j is read", (word, every) => {
  expect(everyFrom(word)).toEqual(every);
});

test.each(["", "5", "m", "0m", "0steps", "1.5steps", "-1m", "1e3s", "5 minutes", "NaNs", "toString", "1__proto__"])(
  "%j is refused",
  (word) => {
    expect(() => everyFrom(word)).toThrow(
      "--every: expected a time, steps or epochs, as 5m, 30s, 100steps or 2epochs, ",
    );
  },
);

const at = (epoch: number, step: number, steps = 10) => ({ epoch, step, steps, epochEnded: step === steps });
const time = (seconds: number, cost = 0) => ({ seconds, cost });

test("steps and epochs are counted over the whole training, so a resumed one writes at the same places", () => {
  expect(isDue(everyFrom("4steps"), at(1, 4), time(0))).toBe(true);
  expect(isDue(everyFrom("4steps"), at(2, 2), time(0))).toBe(true);
  expect(isDue(everyFrom("4steps"), at(2, 3), time(9999))).toBe(false);
  expect(isDue(everyFrom("2epochs"), at(2, 10), time(0))).toBe(true);
  expect(isDue(everyFrom("2epochs"), at(2, 9), time(0))).toBe(false);
  expect(isDue(everyFrom("2epochs"), at(3, 10), time(9999))).toBe(false);
});

test("a time is what has passed; the usual minute becomes longer where a checkpoint takes long", () => {
  expect(isDue(everyFrom("5m"), at(1, 1), time(300, 9999))).toBe(true);
  expect(isDue(everyFrom("5m"), at(1, 1), time(299))).toBe(false);
  expect(isDue(everyFrom(undefined), at(1, 1), time(59))).toBe(false);
  expect(isDue(everyFrom(undefined), at(1, 1), time(60, 0.5))).toBe(true);
  expect(isDue(everyFrom(undefined), at(1, 1), time(60, 2))).toBe(false);
  expect(isDue(everyFrom(undefined), at(1, 1), time(200, 2))).toBe(true);
});
