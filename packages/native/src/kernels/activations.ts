/**
 * Activations and their slopes: packages/inkling/kernels/elementwise.ts. Each activation has code of its own, so the
 * loop has no branch.
 *
 *   a = σ(z)        δ = ∂C/∂a ⊙ σ′(z)
 */
import type { Vec } from "../assembler/registers.ts";
import { sigmoid, tanh } from "./float32.ts";
import { layout, type NativeKernel, places, type TileParts, tileCode, wordAt } from "./kernel.ts";
import { eachVector, FEW, FEW_EXPONENTIALS, formOfMany } from "./numbers.ts";

const LEAK = Math.fround(0.01);

const { RELU, LEAKY_RELU, SIGMOID, TANH } = layout;

/** Writes to = σ(z), for each activation. */
const values: Readonly<Record<number, (parts: TileParts, to: Vec, z: Vec) => void>> = {
  [RELU]({ cpu, registers }, to, z) {
    const zero = registers.vec("zero");
    cpu.zero(zero);
    cpu.relu(to, z, zero);
    registers.free(zero);
  },
  [LEAKY_RELU]({ code, cpu, registers }, to, z) {
    const low = cpu.mask("low");
    cpu.compare(low, z, cpu.constant(0), "LE_OQ");
    code.vmulps(to, z, cpu.constant(LEAK));
    cpu.select(to, low, to, z);
    registers.free(low);
  },
  [SIGMOID]: sigmoid,
  [TANH]: tanh,
};

/** Writes to = σ′(z), for each activation, from what is in `from`: z of the ReLU kind, a of the others. */
const slopes: Readonly<Record<number, (parts: TileParts, to: Vec, from: Vec, one: Vec) => void>> = {
  [RELU]: (parts, to, z, one) => slopeOf(0, parts, to, z, one),
  [LEAKY_RELU]: (parts, to, z, one) => slopeOf(LEAK, parts, to, z, one),
  [SIGMOID]({ code }, to, a, one) {
    // σ′ = a·(1 − a)
    code.vsubps(to, one, a);
    code.vmulps(to, a, to);
  },
  [TANH]({ code }, to, a, one) {
    // σ′ = 1 − a²
    code.vmulps(to, a, a);
    code.vsubps(to, one, to);
  },
};

/** to = z ≤ 0 ? low : 1 */
function slopeOf(low: number, { cpu, registers }: TileParts, to: Vec, z: Vec, one: Vec): void {
  const lanes = cpu.mask("low");
  cpu.compare(lanes, z, cpu.constant(0), "LE_OQ");
  cpu.fill(to, low);
  cpu.select(to, lanes, to, one);
  registers.free(lanes);
}

const takesExponentials = (kind: number) => kind === SIGMOID || kind === TANH;

/** The form is the activation; one that is not written here is WebAssembly's. */
function formOf(words: Int32Array, few: number): number {
  const kind = wordAt(words, places.ACTIVATION_KIND);
  return values[kind] === undefined ? -1 : formOfMany(words, places.ACTIVATION_COUNT, kind, few);
}

/** a = σ(z) */
export const activate: NativeKernel = {
  operation: layout.ACTIVATE,
  formOf: (words) => formOf(words, takesExponentials(wordAt(words, places.ACTIVATION_KIND)) ? FEW_EXPONENTIALS : FEW),
  write: (level, kind) =>
    tileCode(level, (parts) => {
      const { cpu, registers } = parts;
      const { ACTIVATION_Z: Z, ACTIVATION_A: A, ACTIVATION_COUNT: count } = places;
      const [z, a] = [registers.vec("z"), registers.vec("a")];
      eachVector(parts, { count, matrices: [Z, A] }, ({ place, mask }) => {
        cpu.load(z, place(Z), mask);
        values[kind]?.(parts, a, z);
        cpu.store(place(A), a, mask);
      });
    }),
};

/** δ = ∂C/∂a ⊙ σ′(z) */
export const activateBackward: NativeKernel = {
  operation: layout.ACTIVATE_BACKWARD,
  formOf: (words) => formOf(words, FEW),
  write: (level, kind) =>
    tileCode(level, (parts) => {
      const { code, cpu, registers } = parts;
      const { ACTIVATION_DA: DA, ACTIVATION_DELTA: DELTA, ACTIVATION_COUNT: count } = places;
      const FROM = kind === RELU || kind === LEAKY_RELU ? places.ACTIVATION_Z : places.ACTIVATION_A;
      const [one, from, slope, dA] = registers.vecs("vector", 4) as [Vec, Vec, Vec, Vec];
      cpu.fill(one, 1);
      eachVector(parts, { count, matrices: [DA, FROM, DELTA] }, ({ place, mask }) => {
        cpu.load(from, place(FROM), mask);
        slopes[kind]?.(parts, slope, from, one);
        cpu.load(dA, place(DA), mask);
        code.vmulps(slope, dA, slope);
        cpu.store(place(DELTA), slope, mask);
      });
    }),
};
