/** The page's lines of layers without weights or windows: an activation by itself, a skip connection, dropout. */
import { type ActivationTrace, equations, type LayerTrace, type ResidualTrace } from "inkling/proofs";
import { factor, largestAt, number, type Page } from "./explanation-page.ts";
import { indexed } from "./explanation-types.ts";

export function activationLines(page: Page, name: string, { activation, z, a, slope }: ActivationTrace): void {
  page.line(2, `${name}, an activation by itself: a = σ(z), σ = ${activation}`, equations.activated);
  page.vector(4, "a", a);
  const e = largestAt(z);
  const value = `${indexed("a", e)} = ${activation}(${number(z[e] ?? 0)}) = ${number(a[e] ?? 0)}`;
  page.line(4, `${value}, with the slope σ′(z) = ${number(slope[e] ?? 0)}`, equations[activation]);
}

export function activationBackwardLines(page: Page, name: string, { back }: ActivationTrace): void {
  if (back === undefined) return;
  page.line(2, `${name}: δ = ∂C/∂z = ∂C/∂a ⊙ σ′(z)`, equations.activatedBack);
  page.vector(4, "δ", back.delta);
}

/** Both branches, and the number that the layers inside change most. */
export function residualLines(page: Page, { name, layers }: LayerTrace, { scale, x, f, y }: ResidualTrace): void {
  const [s, times] = scale === 1 ? ["", ""] : [`${scale}·`, `${scale} × `];
  const inside = layers.map((layer) => layer.name).join(", ");
  page.line(2, `${name}, a skip connection around ${inside}: y = x + ${s}f(x)`, equations.skipped);
  page.vector(4, "x", x);
  page.vector(4, "f(x)", f);
  page.vector(4, "y", y);
  const e = largestAt(f);
  const sum = `${number(x[e] ?? 0)} + ${times}${factor(f[e] ?? 0)} = ${number(y[e] ?? 0)}`;
  page.line(4, `${indexed("y", e)} = ${sum}. The layers inside are worked out below`);
}

export function residualBackwardLines(page: Page, name: string, { back }: ResidualTrace): void {
  if (back === undefined) return;
  const rule = `${name}: ∂C/∂x = ∂C/∂y, past the layers, + what comes back through them`;
  page.line(2, rule, equations.skippedBack);
  page.vector(4, "past", back.dY);
  page.vector(4, "through", back.through);
  page.vector(4, "∂C/∂x", back.dX);
}

export function dropoutLines(page: Page, { name, description }: LayerTrace): void {
  page.line(2, `${name}, ${description}: at prediction nothing is left out; --epoch 1 shows a training`);
}
