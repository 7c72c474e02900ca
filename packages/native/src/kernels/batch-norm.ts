/**
 * What batch norm does to each number by itself: packages/inkling/kernels/batch-norm.ts.
 *
 *   x̂ = (x − μ) / σ,  y = γ·x̂ + β        ∂C/∂x = (γ / σ)·(δ − mean(δ) − x̂·mean(δ·x̂))
 *
 * Lanes run along the memory as it lies. A vector begins at some channel c; the channels' numbers stand in scratch
 * memory as lists, and begin once more behind the last channel, so that one load at c finds those of all lanes.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, r8, rax, rdx, type Vec } from "../assembler/registers.ts";
import {
  argument,
  layout,
  loadAddress,
  type NativeKernel,
  places,
  type TileParts,
  tileCode,
  wordAt,
} from "./kernel.ts";

/** A tile begins by making lists: fewer numbers are left to WebAssembly. */
const FEW = 512;

/** The lists that a kernel reads, each made by `write` of one vector, at most four. */
type Lists = readonly ((parts: TileParts, to: Vec, load: (matrix: number, to: Vec) => void) => void)[];

/** A vector of numbers: where it stands in the matrix of an argument, and its channels' numbers in a list. */
interface Numbers {
  place(matrix: number): Memory;
  list(index: number): Memory;
  readonly mask: LaneMask | undefined;
}

function alongChannels(
  operation: number,
  lists: Lists,
  matrices: readonly number[],
  body: (parts: TileParts, numbers: Numbers) => void,
): NativeKernel {
  return {
    operation,
    formOf: (words) => (wordAt(words, places.BATCH_NORM_COUNT) < FEW ? -1 : 0),
    write: (level) => tileCode(level, (parts) => writeTile(parts, lists, matrices, body)),
  };
}

function writeTile(
  parts: TileParts,
  lists: Lists,
  matrices: readonly number[],
  body: (parts: TileParts, numbers: Numbers) => void,
): void {
  const { code, cpu, registers, args } = parts;
  // The division needs rdx.
  const scratch = registers.claim(r8, "scratch");
  code.mov(scratch, args.scratch);
  registers.free(args.scratch);
  const { first, channel, step } = findTile(parts);
  const listsAt = makeLists(parts, lists, scratch);
  const left = registers.gpr("numbers left");
  // numbers = min(numbers of a tile, numbers − first)
  const most = registers.gpr("most");
  code.mov(left.dword, argument(parts, places.BATCH_NORM_COUNT));
  code.sub(left, first);
  code.mov(most.dword, argument(parts, places.BATCH_NORM_TILE));
  code.cmp(left, most);
  code.cmov("a", left, most);
  registers.free(most);
  const [offset, end] = [first, args.memory];
  code.shl(offset, 2);
  const bases = new Map(matrices.map((matrix) => [matrix, registers.gpr(`matrix ${matrix}`)]));
  for (const [matrix, base] of bases) loadAddress(parts, base, matrix);
  // From here on no argument is read.
  code.mov(end.dword, argument(parts, places.BATCH_NORM_CHANNELS));
  code.shl(end, 2);
  const vector = (mask?: LaneMask) =>
    body(parts, {
      place: (matrix) => at(bases.get(matrix) as Gpr, 0, offset),
      list: (index) => at(listsAt[index] as Gpr, 0, channel),
      mask,
    });
  const behind = registers.gpr("behind the channel");
  const each = () => {
    vector();
    code.add(offset, cpu.bytes);
    // c = c + step, less all channels where that is beyond the last
    code.add(channel, step);
    code.mov(behind, channel);
    code.sub(behind, end);
    code.cmov("ae", channel, behind);
  };
  loop(code, left, each, cpu.lanes);
  code.test(left, left);
  when(code, "ne", () => {
    const mask = cpu.firstLanes("the rest", left);
    vector(mask);
    registers.free(mask);
  });
}

/** The tile's first number, its channel in bytes, and how many bytes of channels a vector moves on. */
function findTile(parts: TileParts): Readonly<Record<"first" | "channel" | "step", Gpr>> {
  const { code, cpu, registers, args } = parts;
  const [quotient, rest] = [registers.claim(rax, "quotient"), registers.claim(rdx, "rest")];
  const names = ["first number", "first channel", "step"];
  const [first, channel, step] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr];
  code.mov(first.dword, argument(parts, places.BATCH_NORM_TILE));
  code.imul(first, args.tile);
  for (const [to, from] of [
    [channel, first],
    [step, cpu.lanes],
  ] as const) {
    if (typeof from === "number") code.mov(quotient.dword, from);
    else code.mov(quotient, from);
    code.mov(rest.dword, 0);
    code.mov(to.dword, argument(parts, places.BATCH_NORM_CHANNELS));
    code.div(to.dword);
    code.mov(to, rest);
    code.shl(to, 2);
  }
  registers.free(quotient, rest, args.tile);
  return { first, channel, step };
}

/** Makes the lists in the scratch memory, and returns where they are. */
function makeLists(parts: TileParts, lists: Lists, scratch: Gpr): Gpr[] {
  const { code, cpu, registers } = parts;
  const [listBytes, left, offset] = ["bytes of a list", "channels left", "offset"].map((name) =>
    registers.gpr(name),
  ) as [Gpr, Gpr, Gpr];
  code.mov(listBytes.dword, argument(parts, places.BATCH_NORM_CHANNELS));
  code.shl(listBytes, 2);
  code.add(listBytes, 2 * cpu.bytes);
  const starts = [scratch, ...lists.slice(1).map((_, index) => registers.gpr(`list ${index + 1}`))];
  for (const [index, start] of starts.entries()) {
    if (index === 0) continue;
    code.mov(start, starts[index - 1] as Gpr);
    code.add(start, listBytes);
  }
  registers.free(listBytes);
  const base = registers.gpr("matrix");
  const next = code.label("next channels");
  code.mov(left.dword, argument(parts, places.BATCH_NORM_CHANNELS));
  code.mov(offset.dword, 0);
  code.place(next);
  const mask = cpu.firstLanes("channels", left);
  for (const [index, write] of lists.entries()) {
    const to = registers.vec("list");
    write(parts, to, (matrix, vector) => {
      loadAddress(parts, base, matrix);
      cpu.load(vector, at(base, 0, offset), mask);
    });
    cpu.store(at(starts[index] as Gpr, 0, offset), to);
    registers.free(to);
  }
  registers.free(mask);
  code.add(offset, cpu.bytes);
  code.sub(left, cpu.lanes);
  code.cmp(left, 0);
  code.jcc("g", next);
  // The first channels once more behind the last; of few channels over and over.
  code.mov(offset.dword, argument(parts, places.BATCH_NORM_CHANNELS));
  for (let k = 0; k < cpu.lanes - 1; k++) {
    for (const start of starts) {
      code.mov(base.dword, at(start, 4 * k));
      code.mov(at(start, 4 * k, offset, 4), base.dword);
    }
  }
  registers.free(left, offset, base);
  return starts;
}

/** to = √(v + ε) */
function deviation(parts: TileParts, to: Vec, load: (matrix: number, to: Vec) => void): void {
  const { code, cpu, registers } = parts;
  const epsilon = registers.vec("ε");
  cpu.broadcast(epsilon, argument(parts, places.BATCH_NORM_EPSILON));
  load(places.BATCH_NORM_VARIANCE, to);
  code.vaddps(to, to, epsilon);
  code.vsqrtps(to, to);
  registers.free(epsilon);
}

const { BATCH_NORM_X, BATCH_NORM_Y, BATCH_NORM_OUT, BATCH_NORM_MEAN, BATCH_NORM_SCALE, BATCH_NORM_SHIFT } = places;

export const normalize: NativeKernel = alongChannels(
  layout.NORMALIZE,
  [
    (_parts, to, load) => load(BATCH_NORM_MEAN, to),
    deviation,
    (_parts, to, load) => load(BATCH_NORM_SCALE, to),
    (_parts, to, load) => load(BATCH_NORM_SHIFT, to),
  ],
  [BATCH_NORM_X, BATCH_NORM_Y, BATCH_NORM_OUT],
  ({ code, cpu, registers }, { place, list, mask }) => {
    const x = registers.vec("x");
    cpu.load(x, place(BATCH_NORM_X), mask);
    code.vsubps(x, x, list(0));
    code.vdivps(x, x, list(1));
    cpu.store(place(BATCH_NORM_Y), x, mask);
    code.vmulps(x, x, list(2));
    code.vaddps(x, x, list(3));
    cpu.store(place(BATCH_NORM_OUT), x, mask);
    registers.free(x);
  },
);

export const normalizeBackward: NativeKernel = alongChannels(
  layout.NORMALIZE_BACKWARD,
  [
    (parts, to, load) => {
      const { code, registers } = parts;
      const sigma = registers.vec("σ");
      deviation(parts, sigma, load);
      load(BATCH_NORM_SCALE, to);
      code.vdivps(to, to, sigma);
      registers.free(sigma);
    },
    (_parts, to, load) => load(BATCH_NORM_MEAN, to),
    (_parts, to, load) => load(BATCH_NORM_SHIFT, to),
  ],
  [BATCH_NORM_X, BATCH_NORM_Y, BATCH_NORM_OUT],
  ({ code, cpu, registers }, { place, list, mask }) => {
    const [centred, product] = [registers.vec("δ − mean(δ)"), registers.vec("x̂·mean(δ·x̂)")];
    cpu.load(centred, place(BATCH_NORM_X), mask);
    code.vsubps(centred, centred, list(1));
    cpu.load(product, place(BATCH_NORM_Y), mask);
    code.vmulps(product, product, list(2));
    code.vsubps(centred, centred, product);
    code.vmulps(centred, centred, list(0));
    cpu.store(place(BATCH_NORM_OUT), centred, mask);
    registers.free(centred, product);
  },
);
