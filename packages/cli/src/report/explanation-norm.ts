/** The page's lines of batch normalization, forwards and backwards, with one number by hand. */
import { type BatchNormTrace, equations } from "inkling/proofs";
import { counted, factor, largestAt, number, type Page } from "./explanation-page.ts";
import { indexed } from "./explanation-types.ts";

/** Both kinds of statistics, the equation, and the number that lies farthest from its mean by hand. */
export function normForwardLines(page: Page, name: string, norm: BatchNormTrace): void {
  const { x, mean, variance, scale, shift, epsilon, xHat, y, ofSample } = norm;
  const channels = mean.length;
  const rule = `${name}, batch norm of ${counted(channels, "channel")}: x̂ = (x − μ) / √(v + ε), y = γ·x̂ + β`;
  page.line(2, rule, equations.normalized);
  page.line(4, "μ and v are the running ones: training moves them, batch by batch", equations.runningMoments);
  page.vector(4, "μ", mean);
  page.vector(4, "v", variance);
  if (ofSample !== undefined) {
    const what = `A training takes those of its batch; of ${counted(ofSample.examples, "example")} of these data`;
    page.line(4, what, equations.batchMoments);
    page.vector(4, "μ", ofSample.mean);
    page.vector(4, "v", ofSample.variance);
  }
  page.vector(4, "x̂", xHat);
  page.vector(4, "y", y);
  const e = largestAt(xHat);
  const c = e % channels;
  const at = (values: ArrayLike<number>, place: number) => values[place] ?? 0;
  const [mu, v] = [at(mean, c), at(variance, c)];
  const root = `√(${number(v)} + ${epsilon})`;
  page.line(
    4,
    `${indexed("x̂", e)} = (${number(at(x, e))} − ${factor(mu)}) / ${root} = ${number(at(xHat, e))}, ` +
      `${indexed("y", e)} = ${factor(at(scale, c))} × ${factor(at(xHat, e))} + ${factor(at(shift, c))} = ${number(at(y, e))}`,
  );
}

/** ∂C/∂γ, ∂C/∂β and ∂C/∂x; nothing without a way back. */
export function normBackwardLines(page: Page, name: string, { back }: BatchNormTrace): void {
  if (back === undefined) return;
  const rule = `${name}, batch norm: ∂C/∂x = (γ / √(v + ε))·δ, because the running μ and v do not depend on x`;
  page.line(2, rule, equations.normalizedBack);
  page.vector(4, "δ", back.delta);
  page.vector(4, "∂C/∂γ", back.dScale);
  page.vector(4, "∂C/∂β", back.dShift);
  page.vector(4, "∂C/∂x", back.dX);
}
