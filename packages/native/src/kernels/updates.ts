/**
 * The updates of parameters: packages/inkling/kernels/elementwise.ts. What would be a choice inside the loop (weight
 * decay or none, say) is a form of the code.
 *
 *   g = ∂C/∂W + λ·W
 *   SGD           W ← W − η·g
 *   momentum      v ← μ·v + g;  W ← W − η·v, or for Nesterov W ← W − η·(g + μ·v)
 *   root square   v ← old·v + fresh·g²;  W ← W − η·g / (√v + ε)
 *   Adam          W ← keep·W before g is made;  m ← β₁·m + (1 − β₁)·g;  v as above;  W ← W − s·m / (√v + ε)
 */
import type { Vec } from "../assembler/registers.ts";
import { layout, type NativeKernel, places, type TileParts, tileCode, wordAt } from "./kernel.ts";
import { argumentInAllLanes, eachVector, FEW, formOfMany } from "./numbers.ts";

/** The bits of a form: λ is not 0; W is multiplied with `keep`; Nesterov's momentum. */
const [DECAYS, SHRINKS, NESTEROV] = [1, 2, 4];

/** The bits of the float32 1. */
const ONE = 0x3f800000;

/** The code of one vector of an update, while it is written. */
interface Update extends TileParts {
  readonly form: number;
  /** W and g. Both may be overwritten. */
  readonly w: Vec;
  readonly g: Vec;
  /** A number of the arguments, in all lanes. */
  number(argument: number): Vec;
  /** A register with the vector of another matrix. */
  load(matrix: number): Vec;
  store(matrix: number, from: Vec): void;
  /** A register for what is needed in between. */
  temporary(name: string): Vec;
}

/** What distinguishes one update from the others. */
interface Kind {
  readonly operation: number;
  /** The arguments that are matrices, besides W and the gradient. */
  readonly matrices: readonly number[];
  /** The arguments that are numbers, besides λ and `keep`. */
  readonly numbers: readonly number[];
  /** The bits of the form besides DECAYS. */
  formOf?(words: Int32Array): number;
  /** Writes what is done to one vector once g is made; what it returns is the new W. */
  write(update: Update): Vec;
}

const { UPDATE_W: W, UPDATE_GRADIENT: GRADIENT, UPDATE_LAMBDA: LAMBDA, UPDATE_KEEP: KEEP } = places;
const { UPDATE_ETA: ETA, UPDATE_EPSILON: EPSILON, UPDATE_OLD: OLD, UPDATE_FRESH: FRESH } = places;
const { UPDATE_MU: MU, UPDATE_MEAN_OLD: MEAN_OLD, UPDATE_MEAN_FRESH: MEAN_FRESH } = places;
const { UPDATE_VELOCITY: VELOCITY, UPDATE_SQUARE: SQUARE, UPDATE_MEAN: MEAN } = places;

function kernelOf({ operation, matrices, numbers, formOf, write }: Kind): NativeKernel {
  return {
    operation,
    formOf(words) {
      // −0 is no weight decay either.
      const decays = (wordAt(words, LAMBDA) & 0x7fffffff) === 0 ? 0 : DECAYS;
      const form = decays | (formOf === undefined ? 0 : formOf(words));
      return formOfMany(words, places.UPDATE_COUNT, form, FEW);
    },
    write: (level, form) => tileCode(level, (parts) => writeLoop(parts, form, { matrices, numbers, write })),
  };
}

function writeLoop(parts: TileParts, form: number, kind: Pick<Kind, "matrices" | "numbers" | "write">): void {
  const { code, cpu, registers } = parts;
  const needed = [...kind.numbers, ...(form & DECAYS ? [LAMBDA] : []), ...(form & SHRINKS ? [KEEP] : [])];
  const numbers = new Map(needed.map((place) => [place, argumentInAllLanes(parts, `argument ${place}`, place)]));
  const number = (place: number) => numbers.get(place) as Vec;
  const matrices = [W, GRADIENT, ...kind.matrices];
  eachVector(parts, { count: places.UPDATE_COUNT, matrices }, ({ place, mask }) => {
    const taken: Vec[] = [];
    const temporary = (name: string) => {
      const vector = registers.vec(name);
      taken.push(vector);
      return vector;
    };
    const load = (matrix: number) => {
      const vector = temporary(`matrix ${matrix}`);
      cpu.load(vector, place(matrix), mask);
      return vector;
    };
    const w = load(W);
    if (form & SHRINKS) code.vmulps(w, number(KEEP), w);
    const g = load(GRADIENT);
    if (form & DECAYS) {
      const decay = temporary("λ·W");
      code.vmulps(decay, number(LAMBDA), w);
      code.vaddps(g, g, decay);
    }
    const store = (matrix: number, from: Vec) => cpu.store(place(matrix), from, mask);
    store(W, kind.write({ ...parts, form, w, g, number, load, store, temporary }));
    registers.free(...taken);
  });
  registers.free(...numbers.values());
}

/** W ← W − η·g */
export const sgd = kernelOf({
  operation: layout.SGD,
  matrices: [],
  numbers: [ETA],
  write({ code, w, g, number }) {
    code.vmulps(g, number(ETA), g);
    code.vsubps(w, w, g);
    return w;
  },
});

/** v ← μ·v + g;  W ← W − η·v, or for Nesterov W ← W − η·(g + μ·v) */
export const momentum = kernelOf({
  operation: layout.MOMENTUM,
  matrices: [VELOCITY],
  numbers: [ETA, MU],
  formOf: (words) => (wordAt(words, places.UPDATE_NESTEROV) === 0 ? 0 : NESTEROV),
  write({ code, form, w, g, number, load, store }) {
    const v = load(VELOCITY);
    code.vmulps(v, number(MU), v);
    code.vaddps(v, v, g);
    store(VELOCITY, v);
    if (form & NESTEROV) {
      code.vmulps(v, number(MU), v);
      code.vaddps(v, g, v);
    }
    code.vmulps(v, number(ETA), v);
    code.vsubps(w, w, v);
    return w;
  },
});

/** v ← old·v + fresh·g²; returns √v + ε. */
function rootOfSquares({ code, g, number, load, store, temporary }: Update): Vec {
  const [v, square] = [load(SQUARE), temporary("fresh·g²")];
  code.vmulps(v, number(OLD), v);
  code.vmulps(square, g, g);
  code.vmulps(square, number(FRESH), square);
  code.vaddps(v, v, square);
  store(SQUARE, v);
  code.vsqrtps(v, v);
  code.vaddps(v, v, number(EPSILON));
  return v;
}

/** v ← old·v + fresh·g²;  W ← W − η·g / (√v + ε) */
export const rootSquare = kernelOf({
  operation: layout.ROOT_SQUARE,
  matrices: [SQUARE],
  numbers: [ETA, OLD, FRESH, EPSILON],
  write(update) {
    const { code, w, g, number } = update;
    const root = rootOfSquares(update);
    code.vmulps(g, number(ETA), g);
    code.vdivps(g, g, root);
    code.vsubps(w, w, g);
    return w;
  },
});

/** m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  W ← W − s·m / (√v + ε) */
export const adam = kernelOf({
  operation: layout.ADAM,
  matrices: [MEAN, SQUARE],
  numbers: [ETA, MEAN_OLD, MEAN_FRESH, OLD, FRESH, EPSILON],
  formOf: (words) => (wordAt(words, KEEP) === ONE ? 0 : SHRINKS),
  write(update) {
    const { code, w, g, number, load, store } = update;
    const root = rootOfSquares(update);
    const m = load(MEAN);
    code.vmulps(m, number(MEAN_OLD), m);
    code.vmulps(g, number(MEAN_FRESH), g);
    code.vaddps(m, m, g);
    store(MEAN, m);
    code.vmulps(m, number(ETA), m);
    code.vdivps(m, m, root);
    code.vsubps(w, w, m);
    return w;
  },
});
