/**
 * Each example's own sums of δ below a max pool, for ∂C/∂b of a convolution: `chosenSumsTile` of
 * packages/inkling/kernels/sparse.ts.
 *
 *   s[i, f] = Σₚ δ[i, p, f] over the positions that are their window's maximum, p ascending, from +0
 *
 * Positions ascend line by line. So each row of windows is read as often as a window has lines, and δ of a window is
 * added when its choice is in the line. (AVX2 adds +0 otherwise, as WebAssembly does. That changes no sum: none is −0.)
 *
 * Lanes run across filters. An addition waits for the one before it, so the sums of up to four vectors of filters, and
 * of two or four examples, are made at once. Of 128 examples of 13 × 13 windows and 32 filters WebAssembly takes
 * 490 µs, AVX2 210 and AVX-512 200 (Xeon, one core), because 5.5 MB have to come from the far cache. Of 10 of these
 * examples it is 19, 6.7 and 5.5 µs; of 128 examples of 5 × 5 windows and 64 filters 87, 30 and 20.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
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
import { argumentInAllLanes } from "./numbers.ts";
import { slots } from "./slots.ts";

/** Fewer filters leave most lanes empty: WebAssembly, with four lanes, computes them. */
const FEW = 5;

/** Vectors of filters at once, by form, and their bits where these are not the widest. */
const FORMS: readonly { readonly vectors: number; readonly width?: 256 }[] = [
  { vectors: 1, width: 256 },
  { vectors: 1 },
  { vectors: 2 },
  { vectors: 4 },
];

/** Examples at once, and sums at most: at AVX2 there is no room for more. */
const EXAMPLES = 4;
const SUMS = 8;

const kept = slots([
  // The first of the examples at once, and the last one of the tile.
  ...["example", "last"],
  // Where each example's sums go.
  ...["sums 0", "sums 1", "sums 2", "sums 3"],
] as const);
const sumsOf = (k: number) => kept[`sums ${k}` as keyof typeof kept];

export const chosenSums: NativeKernel = {
  operation: layout.CHOSEN_SUMS,
  formOf(words, level) {
    const filters = wordAt(words, places.CONVOLUTION_FILTERS);
    const lanes = level === "avx512" ? 16 : 8;
    if (filters < FEW) return -1;
    if (filters <= 8) return 0;
    return Math.max(
      1,
      FORMS.findLastIndex(({ vectors }) => vectors * lanes <= filters),
    );
  },
  write: (level, form) => tileCode(level, (parts) => new ChosenSumsTile(parts, form).write()),
};

/** Which line of a window. */
type Line = "first" | "middle" | "last";

/** The sums of each example, a vector of filters each, and which lanes are filters (all, if absent). */
interface Sums {
  readonly sums: readonly Vec[][];
  readonly mask: LaneMask | undefined;
}

class ChosenSumsTile {
  readonly #parts: TileParts;
  readonly #vectors: number;
  readonly #width: 256 | 512;
  /** δ of each example, of the filters at hand. */
  readonly #deltas: readonly Gpr[];
  /** Bytes of a window, and from δ to choices. */
  readonly #windowBytes: Gpr;
  readonly #toChoices: Gpr;
  readonly #filtersLeft: Gpr;
  /** In all lanes: the columns of a window of the pool, and one less. */
  readonly #columns: Vec;
  readonly #most: Vec;

  constructor(parts: TileParts, form: number) {
    const { code, cpu, registers, args } = parts;
    const { vectors, width = cpu.width } = FORMS[form] as (typeof FORMS)[number];
    this.#parts = parts;
    this.#vectors = vectors;
    this.#width = width;
    registers.free(args.scratch);
    const examples = Math.min(EXAMPLES, SUMS / vectors);
    this.#deltas = Array.from({ length: examples }, (_, k) => registers.gpr(`δ of example ${k}`));
    this.#windowBytes = registers.gpr("bytes of a window");
    this.#toChoices = registers.gpr("from δ to choices");
    this.#filtersLeft = registers.gpr("filters left");
    this.#columns = argumentInAllLanes(parts, "columns", places.CONVOLUTION_POOL_COLUMNS).as(width);
    this.#most = this.#vec("columns − 1");
    code.vpaddd(this.#most, this.#columns, cpu.constantBits(-1));
  }

  write(): void {
    const { code, registers } = this.#parts;
    this.#start();
    const next = code.label("next examples");
    code.place(next);
    this.#findExamples();
    this.#sumFilters();
    const example = registers.gpr("next example");
    code.mov(example, kept.example);
    code.add(example, this.#deltas.length);
    code.mov(kept.example, example);
    code.cmp(example, kept.last);
    code.jcc("be", next);
    registers.free(example);
  }

  /** Sizes in bytes, and the examples of the tile. */
  #start(): void {
    const { code, registers, args } = this.#parts;
    const [first, last, value] = [registers.gpr("first"), registers.gpr("last"), registers.gpr("value")];
    code.mov(this.#windowBytes.dword, this.#word(places.CONVOLUTION_FILTERS));
    code.shl(this.#windowBytes, 2);
    code.mov(this.#toChoices.dword, this.#word(places.CONVOLUTION_CHOICES));
    code.mov(value.dword, this.#word(places.CONVOLUTION_DELTA));
    code.sub(this.#toChoices, value);
    // from tile · n to before min(that + n, examples)
    code.mov(last.dword, this.#word(places.CONVOLUTION_TILE));
    code.mov(first, args.tile);
    code.imul(first, last);
    code.add(last, first);
    code.mov(value.dword, this.#word(places.CONVOLUTION_EXAMPLES));
    code.cmp(last, value);
    code.cmov("a", last, value);
    code.dec(last);
    code.mov(kept.example, first);
    code.mov(kept.last, last);
    registers.free(args.tile, first, last, value);
  }

  /** δ and sums of the examples at hand; in place of examples behind the last one, that one again. */
  #findExamples(): void {
    const { code, registers } = this.#parts;
    const [bytes, sums, value] = [registers.gpr("bytes of an example"), registers.gpr("sums"), registers.gpr("value")];
    code.mov(bytes.dword, this.#word(places.CONVOLUTION_POOLED_HEIGHT));
    code.mov(value.dword, this.#word(places.CONVOLUTION_POOLED_WIDTH));
    code.imul(bytes, value);
    code.imul(bytes, this.#windowBytes);
    for (const [k, delta] of this.#deltas.entries()) {
      code.mov(delta, kept.example);
      code.add(delta, k);
      code.cmp(delta, kept.last);
      code.cmov("a", delta, kept.last);
      code.mov(value, delta);
      code.imul(value, this.#windowBytes);
      loadAddress(this.#parts, sums, places.CONVOLUTION_OUT);
      code.add(value, sums);
      code.mov(sumsOf(k), value);
      code.imul(delta, bytes);
      loadAddress(this.#parts, value, places.CONVOLUTION_DELTA);
      code.add(delta, value);
    }
    registers.free(bytes, sums, value);
  }

  /** The sums of all filters: some vectors at once, then one at a time. */
  #sumFilters(): void {
    const { code, cpu, registers } = this.#parts;
    code.mov(this.#filtersLeft.dword, this.#word(places.CONVOLUTION_FILTERS));
    loop(code, this.#filtersLeft, () => this.#sum(this.#vectors), this.#vectors * this.#lanes);
    const [next, done] = [code.label("next filters"), code.label("no filters left")];
    code.test(this.#filtersLeft, this.#filtersLeft);
    code.jcc("e", done);
    code.place(next);
    const mask = cpu.firstLanes("filters", this.#filtersLeft);
    this.#sum(1, mask);
    registers.free(mask);
    code.sub(this.#filtersLeft, this.#lanes);
    code.cmp(this.#filtersLeft, 0);
    code.jcc("g", next);
    code.place(done);
  }

  /** The sums of so many vectors of filters; then δ and sums stand at those behind them. */
  #sum(vectors: number, mask?: LaneMask): void {
    const { code, cpu, registers } = this.#parts;
    const bytes = 4 * this.#lanes;
    const sums = this.#deltas.map(() => Array.from({ length: vectors }, () => this.#vec("sum")));
    for (const sum of sums.flat()) cpu.zero(sum);
    const [row, rows] = [registers.gpr("row of windows"), registers.gpr("rows left")];
    code.mov(row.dword, 0);
    code.mov(rows.dword, this.#word(places.CONVOLUTION_POOLED_HEIGHT));
    loop(code, rows, () => this.#addRow(row, { sums, mask }));
    registers.free(rows);
    const to = row;
    for (const [k, ofExample] of sums.entries()) {
      code.mov(to, sumsOf(k));
      for (const [v, sum] of ofExample.entries()) cpu.store(at(to, v * bytes), sum, mask);
      code.add(to, vectors * bytes);
      code.mov(sumsOf(k), to);
      code.add(this.#deltas[k] as Gpr, vectors * bytes);
    }
    registers.free(to, ...sums.flat());
  }

  /** Adds δ of a row of windows, line by line. Then `row` stands behind it. */
  #addRow(row: Gpr, { sums, mask }: Sums): void {
    const { code, registers } = this.#parts;
    const [window, lines] = [registers.gpr("window"), registers.gpr("lines left")];
    const last = this.#vec("last choice of the line");
    const add = (line: Line) => this.#addLine(line, { row, window, last, sums, mask });
    const done = code.label("no lines left");
    add("first");
    code.mov(lines.dword, this.#word(places.CONVOLUTION_POOL_ROWS));
    code.dec(lines);
    code.jcc("e", done);
    code.vmovaps(last, this.#most);
    code.dec(lines);
    loop(code, lines, () => {
      code.vpaddd(last, last, this.#columns);
      add("middle");
    });
    add("last");
    code.place(done);
    code.mov(row, window);
    registers.free(window, lines, last);
  }

  /** Adds δ of a line; `last` is its last choice, for the last line that of the line before. */
  #addLine(line: Line, { row, window, last, sums, mask }: Sums & { row: Gpr; window: Gpr; last: Vec }): void {
    const { code, registers } = this.#parts;
    const [choices, left] = [registers.gpr("choices"), registers.gpr("windows left")];
    code.mov(window, row);
    code.lea(choices, at(row, 0, this.#toChoices));
    code.mov(left.dword, this.#word(places.CONVOLUTION_POOLED_WIDTH));
    loop(code, left, () => {
      for (const [k, ofExample] of sums.entries()) {
        for (const [v, sum] of ofExample.entries()) {
          const [delta, bytes] = [this.#deltas[k] as Gpr, 4 * v * this.#lanes];
          const chosen = this.#chosen(line, last, at(delta, bytes, choices), mask);
          this.#add(sum, at(delta, bytes, window), chosen, mask);
          registers.free(chosen);
        }
      }
      code.add(window, this.#windowBytes);
      code.add(choices, this.#windowBytes);
    });
    registers.free(choices, left);
  }

  /** The lanes whose choice is in the line. No choice is before the first line or behind the last one. */
  #chosen(line: Line, last: Vec, choices: Memory, mask: LaneMask | undefined): LaneMask {
    const { code, cpu, registers } = this.#parts;
    const [chosen, choice] = [cpu.mask("chosen"), this.#vec("choice")];
    const lanes = mask instanceof Mask ? { mask } : undefined;
    cpu.load(choice, choices, mask);
    if (line === "first") code.vpcmpgtd(chosen, this.#columns, choice, lanes);
    else if (line === "last") code.vpcmpgtd(chosen, choice, last, lanes);
    else {
      // last − choice is from 0 to columns − 1, as a number without a sign.
      const least = this.#vec("the smaller one");
      code.vpsubd(choice, last, choice);
      code.vpminud(least, choice, this.#most);
      code.vpcmpeqd(chosen, least, choice, lanes);
      registers.free(least);
    }
    registers.free(choice);
    return chosen;
  }

  /** s = s + δ in the chosen lanes */
  #add(sum: Vec, delta: Memory, chosen: LaneMask, mask: LaneMask | undefined): void {
    const { code, cpu, registers } = this.#parts;
    if (chosen instanceof Mask) {
      code.vaddps(sum, sum, delta, { mask: chosen });
      return;
    }
    const term = this.#vec("δ");
    cpu.load(term, delta, mask);
    code.vandps(term, term, chosen);
    code.vaddps(sum, sum, term);
    registers.free(term);
  }

  #vec(name: string): Vec {
    return this.#parts.registers.vec(name).as(this.#width);
  }

  get #lanes(): number {
    return this.#width / 32;
  }

  #word(place: number): Memory {
    return argument(this.#parts, place);
  }
}
