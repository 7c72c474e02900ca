// Formulas in words.
import { expect, test } from "vitest";
import { spoken } from "./spoken.ts";

test.each([
  [String.raw`z = \sum_i w_i x_i + b`, "z equals the sum over i of w sub i x sub i plus b"],
  [String.raw`\sum_{j=1}^{10} p_j = 1`, "the sum from j equals 1 to 10 of p sub j equals 1"],
  [
    String.raw`\frac{\partial C}{\partial w_{ij}} = x_i\,\delta_j`,
    "the derivative of C with respect to w sub i j equals x sub i delta sub j",
  ],
  [
    String.raw`\sigma(z) = \frac{1}{1 + e^{-z}}`,
    "sigma ( z ) equals the fraction 1 over 1 plus e to the power of minus z end of fraction",
  ],
  [
    String.raw`\delta^{(l)} = \left(W^\top \delta\right) \odot \sigma'(z)`,
    "delta of layer l equals ( W transposed delta ) element by element times sigma prime ( z )",
  ],
  [String.raw`\left\lfloor \frac{n}{s} \right\rfloor + 1`, "the whole part of n over s plus 1"],
  [String.raw`\hat{x}^2 \approx \text{pixels} / 255`, "x hat squared is about pixels over 255"],
])("%s", (tex, words) => {
  expect(spoken(tex)).toBe(words);
});
