// Which numbers an optimizer takes; what it does with them is compared with PyTorch's in test/torch.test.ts.
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../errors.ts";
import { adagrad, adam, adamW, checkOptimizer, momentum, rmsprop, sgd } from "./optimizers.ts";
import { checkSchedule } from "./schedules.ts";

test("an option that is undefined is an absent one", () => {
  for (const make of [sgd, momentum, adam, adamW, rmsprop, adagrad]) {
    const none = { learningRate: undefined, weightDecay: undefined, epsilon: undefined, beta1: undefined };
    const known = Object.fromEntries(Object.entries(none).filter(([name]) => name in make().settings));
    expect(make(known as never).settings).toEqual(make().settings);
  }
  expect(adamW().settings.weightDecay).toBe(0.01);
});

describe("numbers that float32 cannot hold are refused", () => {
  test.each<[string, () => unknown, string]>([
    [
      "a learning rate that is infinite",
      () => sgd({ learningRate: 1e300 }),
      "a learning rate that float32 can hold, got 1e+300.",
    ],
    [
      "a learning rate that is 0",
      () => adam({ learningRate: 1e-60 }),
      "a learning rate that float32 can hold, got 1e-60.",
    ],
    ["a weight decay that is infinite", () => momentum({ weightDecay: 1e39 }), "a weight decay that float32 can hold"],
    ["a weight decay that is 0", () => rmsprop({ weightDecay: 1e-60 }), "a weight decay that float32 can hold"],
    ["an epsilon that is 0", () => adagrad({ epsilon: 1e-60 }), "epsilon that float32 can hold, got 1e-60."],
    ["an epsilon that is infinite", () => adamW({ epsilon: 1e300 }), "epsilon that float32 can hold"],
    ["a share that is 1", () => adam({ beta2: 1 - 1e-12 }), "beta2 below 1 in float32 too, got 0.999999999999."],
    ["a momentum that is 0", () => momentum({ momentum: 1e-60 }), "momentum that float32 can hold"],
  ])("%s as a float32", (_, attempt, sentence) => {
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(sentence);
  });

  test("the largest and the smallest that it holds are taken, and 0 where 0 means none", () => {
    expect(sgd({ learningRate: 3e38, weightDecay: 0 }).learningRate).toBe(3e38);
    expect(adam({ epsilon: 1e-45, beta1: 0 }).settings.epsilon).toBe(1e-45);
  });
});

test.each([{ prepare: 1 }, null, undefined, 5])("what cannot prepare is no optimizer: %j", (optimizer) => {
  expect(() => checkOptimizer("train, optimizer", optimizer)).toThrow(
    "train, optimizer: expected an optimizer, as adam()",
  );
});

test.each([{ factor: 1 }, null, undefined, 5])("what has no factor is no schedule: %j", (schedule) => {
  expect(() => checkSchedule("train, schedule", schedule)).toThrow(
    "train, schedule: expected a schedule, as oneCycle()",
  );
});
