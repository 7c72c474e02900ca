import type { Evaluation } from "inkling";
import { expect, test } from "vitest";
import { measuredText } from "./lines.ts";

test("a probability that a float64 cannot hold is not 0", () => {
  const result = { task: "classes", accuracy: 0.5, examples: 10_000, loss: 1 } as Evaluation;
  const said = (p: number) =>
    measuredText(
      { name: "b", result, beside: { better: 46, worse: 2482, p } },
      { name: "a", result, beside: undefined },
    );
  expect(said(0)).toMatch(/: more than chance \(p < 1e-300\)$/);
  expect(said(3e-12)).toMatch(/: more than chance \(p = 3\.0e-12\)$/);
  expect(said(0.25)).toMatch(/: no more than chance would do \(p = 0\.25\)$/);
});
