/**
 * A dense layer's sums as the instructions of a machine with registers of some lanes. Two ways:
 *
 *   across   lanes are outputs: z[g … g + L) = Σₖ x[k]·W[k, g … g + L). Each output adds its terms in the same order,
 *            k ascending, on any number of lanes.
 *   along    lanes are terms of one output: lane i adds the terms k = i, i + L, i + 2L …, and the lanes are added at
 *            the end, half to half. The order depends on the number of lanes.
 *
 * `isFused` joins product and sum in one instruction that rounds once (FMA), where else each is rounded by itself.
 */
const { fround } = Math;

export type Way = "across" | "along";
export type Operation = "input" | "weights" | "multiply" | "add" | "fused" | "fold" | "bias" | "store";

export interface Machine {
  readonly lanes: number;
  readonly way: Way;
  readonly isFused: boolean;
}

/** z = x·W + b of one example: W (inputs × outputs). */
export interface Layer {
  readonly x: ArrayLike<number>;
  readonly W: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}

export interface Instruction {
  readonly operation: Operation;
  /** The first output, the first input, and how many lanes are in use. */
  readonly output: number;
  readonly input: number;
  readonly used: number;
}

/** What the registers hold, lane by lane, and the outputs that are stored. */
export interface State {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly product: Float32Array;
  readonly sum: Float32Array;
  readonly z: readonly (number | undefined)[];
}

/** The instructions of a whole layer, in order. */
export function programOf(layer: Layer, machine: Machine): Instruction[] {
  return machine.way === "across" ? programAcross(layer, machine) : programAlong(layer, machine);
}

function programAcross({ x, b }: Layer, { lanes, isFused }: Machine): Instruction[] {
  const program: Instruction[] = [];
  for (let output = 0; output < b.length; output += lanes) {
    const used = Math.min(lanes, b.length - output);
    const at = (operation: Operation, input: number) => program.push({ operation, output, input, used });
    for (let input = 0; input < x.length; input++) {
      at("input", input);
      at("weights", input);
      for (const operation of arithmetic(isFused)) at(operation, input);
    }
    at("bias", x.length);
    at("store", x.length);
  }
  return program;
}

function programAlong({ x, b }: Layer, { lanes, isFused }: Machine): Instruction[] {
  const program: Instruction[] = [];
  for (let output = 0; output < b.length; output++) {
    for (let input = 0; input < x.length; input += lanes) {
      const used = Math.min(lanes, x.length - input);
      const at = (operation: Operation) => program.push({ operation, output, input, used });
      for (const operation of ["input", "weights", ...arithmetic(isFused)] as const) at(operation);
    }
    for (let used = lanes / 2; used >= 1; used /= 2) program.push({ operation: "fold", output, input: x.length, used });
    for (const operation of ["bias", "store"] as const) program.push({ operation, output, input: x.length, used: 1 });
  }
  return program;
}

function arithmetic(isFused: boolean): readonly Operation[] {
  return isFused ? ["fused"] : ["multiply", "add"];
}

/** What the machine holds after the first so many instructions. */
export function stateAfter(layer: Layer, machine: Machine, program: readonly Instruction[], count: number): State {
  const { x, W, b } = layer;
  const { lanes, way } = machine;
  const outputs = b.length;
  const [xs, w, product, sum] = Array.from({ length: 4 }, () => new Float32Array(lanes)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const z: (number | undefined)[] = Array.from({ length: outputs }, () => undefined);
  for (const { operation, output, input, used } of program.slice(0, count)) {
    const isAcross = way === "across";
    const each = (value: (lane: number) => number, register: Float32Array) => {
      for (let lane = 0; lane < lanes; lane++) register[lane] = lane < used ? value(lane) : 0;
    };
    if (operation === "input") each((lane) => x[isAcross ? input : input + lane] ?? 0, xs);
    else if (operation === "weights")
      each((lane) => W[isAcross ? input * outputs + output + lane : (input + lane) * outputs + output] ?? 0, w);
    else if (operation === "multiply") each((lane) => fround((xs[lane] ?? 0) * (w[lane] ?? 0)), product);
    else if (operation === "store") {
      for (let lane = 0; lane < used; lane++) z[output + lane] = sum[lane];
      sum.fill(0);
    } else {
      // Lanes beyond those in use keep their sums: they have no term here.
      const addend = (lane: number) => (operation === "bias" ? b[output + lane] : sum[lane + used]) ?? 0;
      for (let lane = 0; lane < used; lane++) {
        const s = sum[lane] ?? 0;
        if (operation === "add") sum[lane] = fround(s + (product[lane] ?? 0));
        else if (operation === "fused") sum[lane] = multiplyAdd(xs[lane] ?? 0, w[lane] ?? 0, s);
        else sum[lane] = fround(s + addend(lane));
      }
    }
  }
  return { x: xs, w, product, sum, z };
}

const double = new Float64Array(1);
const halves = new BigInt64Array(double.buffer);

/**
 * x·w + s of float32 numbers, rounded once: what a fused instruction gives. The product is exact in float64. The sum is
 * rounded to odd there, so that the second rounding, to float32, sees on which side of the exact sum it is (Boldo and
 * Melquiond 2008).
 */
export function multiplyAdd(x: number, w: number, s: number): number {
  const product = x * w;
  const sum = product + s;
  // What the addition has lost, exactly (Knuth's two-sum).
  const own = sum - product;
  const lost = product - (sum - own) + (s - own);
  double[0] = sum;
  if (lost !== 0 && Number.isFinite(sum) && ((halves[0] as bigint) & 1n) === 0n) {
    // The neighbour on the side of what was lost has the odd last bit.
    const isAway = lost > 0 === sum > 0;
    halves[0] = (halves[0] as bigint) + (isAway ? 1n : -1n);
  }
  return fround(double[0] as number);
}
