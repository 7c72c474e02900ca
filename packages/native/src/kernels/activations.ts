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
import { elu, eluSlope, gelu, geluSlope, silu, siluSlope } from "./smooth.ts";

export const LEAK = Math.fround(0.01);

const { RELU, LEAKY_RELU, SIGMOID, TANH, GELU, SILU, ELU } = layout;

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
  [GELU]: gelu,
  [SILU]: silu,
  [ELU]: elu,
};

/** What a slope is made of: the registers of z and a are filled where they are read. */
interface Operands {
  readonly z: Vec;
  readonly a: Vec;
  readonly one: Vec;
}

/** Writes to = σ′(z), for each activation. */
const slopes: Readonly<Record<number, (parts: TileParts, to: Vec, operands: Operands) => void>> = {
  [RELU]: (parts, to, operands) => slopeOf(0, parts, to, operands),
  [LEAKY_RELU]: (parts, to, operands) => slopeOf(LEAK, parts, to, operands),
  [SIGMOID]({ code }, to, { a, one }) {
    // σ′ = a·(1 − a)
    code.vsubps(to, one, a);
    code.vmulps(to, a, to);
  },
  [TANH]({ code }, to, { a, one }) {
    // σ′ = 1 − a²
    code.vmulps(to, a, a);
    code.vsubps(to, one, to);
  },
  [GELU]: (parts, to, { z }) => geluSlope(parts, to, z),
  [SILU]: (parts, to, { z }) => siluSlope(parts, to, z),
  [ELU]: (parts, to, { z, a, one }) => eluSlope(parts, to, z, a, one),
};

const readsZ = (kind: number) => ![SIGMOID, TANH].includes(kind);
const readsA = (kind: number) => [SIGMOID, TANH, ELU].includes(kind);

/** to = z ≤ 0 ? low : 1 */
function slopeOf(low: number, { cpu, registers }: TileParts, to: Vec, { z, one }: Operands): void {
  const lanes = cpu.mask("low");
  cpu.compare(lanes, z, cpu.constant(0), "LE_OQ");
  cpu.fill(to, low);
  cpu.select(to, lanes, to, one);
  registers.free(lanes);
}

const takesExponentials = (kind: number) => [SIGMOID, TANH, GELU, SILU, ELU].includes(kind);
const slopeTakesExponentials = (kind: number) => [GELU, SILU].includes(kind);
const fewOf = (isSlow: boolean) => (isSlow ? FEW_EXPONENTIALS : FEW);

/** The form is the activation; one that is not written here is WebAssembly's. */
function formOf(words: Int32Array, few: number): number {
  const kind = wordAt(words, places.ACTIVATION_KIND);
  return values[kind] === undefined ? -1 : formOfMany(words, places.ACTIVATION_COUNT, kind, few);
}

/** a = σ(z) */
export const activate: NativeKernel = {
  operation: layout.ACTIVATE,
  formOf: (words) => formOf(words, fewOf(takesExponentials(wordAt(words, places.ACTIVATION_KIND)))),
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
  formOf: (words) => formOf(words, fewOf(slopeTakesExponentials(wordAt(words, places.ACTIVATION_KIND)))),
  write: (level, kind) =>
    tileCode(level, (parts) => {
      const { code, cpu, registers } = parts;
      const { ACTIVATION_Z: Z, ACTIVATION_A: A, ACTIVATION_DA: DA, ACTIVATION_DELTA: DELTA } = places;
      const [one, z, slope] = registers.vecs("vector", 3) as [Vec, Vec, Vec];
      const a = readsZ(kind) && readsA(kind) ? registers.vec("a") : z;
      // The registers are few: ∂C/∂a comes where z was.
      const dA = z;
      cpu.fill(one, 1);
      const matrices = [DA, DELTA, ...(readsZ(kind) ? [Z] : []), ...(readsA(kind) ? [A] : [])];
      eachVector(parts, { count: places.ACTIVATION_COUNT, matrices }, ({ place, mask }) => {
        if (readsZ(kind)) cpu.load(z, place(Z), mask);
        if (readsA(kind)) cpu.load(a, place(A), mask);
        slopes[kind]?.(parts, slope, { z, a, one });
        cpu.load(dA, place(DA), mask);
        code.vmulps(slope, dA, slope);
        cpu.store(place(DELTA), slope, mask);
      });
    }),
};
