/**
 * The list of sparse-backward.ts: which filters an image's positions have, row-major. Below a max pool whose windows
 * touch, a position has the filters whose maximum it is, and of these the ones whose δ is not 0.
 *
 *   chosen(p, f) = (choices[w, f] = the place of p in its window w)  and  δ[w, f] ≠ 0
 *
 * An item is a position with at least one of 64 filters side by side; a bit of FILTERS is a filter. The list stands in
 * scratch memory, behind the sums.
 */
import { when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { argument, loadAddress, places, type TileParts } from "./kernel.ts";
import { slots } from "./slots.ts";

/** Bytes of a cache line. */
const VECTOR = 64;
/** Filters of an item. */
const FILTERS = 64;
/** Bytes of an item, and what stands in it. */
export const ITEM = 24;
export const item = {
  /** Which of the 64 filters: 64 bits, not all of them 0. */
  FILTERS: 0,
  /** Where δ of the first of the 64 filters stands: an address. */
  DELTA: 8,
  /** Bytes of the sums before the position's window: a word. */
  PLACE: 16,
  /** Bytes of W before the first of the 64 filters: a word. */
  W: 20,
} as const;

/** What the stack keeps while the list is written. */
export const keptOfList = slots([
  // Rows of windows that are left, rows of positions of one, windows across, and positions of one across.
  "windowRows",
  "rows",
  "windows",
  "columns",
  // δ of the row of windows, and bytes of the sums before the row of positions.
  "rowDelta",
  "rowPlace",
  // Bytes of the sums from a position to the next one of its row.
  "positionBytes",
]);
const kept = keptOfList;

/** Writes the code that makes the list of the tile's image. `start` and `end` are in use then. */
export function writeList(parts: TileParts, paddedRow: number): { readonly start: Gpr; readonly end: Gpr } {
  return new ListCode(parts, paddedRow).write();
}

class ListCode {
  readonly #parts: TileParts;
  /** Bytes of a row of a filter. */
  readonly #paddedRow: number;
  readonly #list: Gpr;
  readonly #delta: Gpr;
  /** From δ to the choices: bytes. */
  readonly #choices: Gpr;
  /** Bytes of the sums before the position's window. */
  readonly #place: Gpr;
  /** The position's place in the pool's window. */
  readonly #choice: Gpr;
  readonly #chosen: Vec;
  readonly #zero: Vec;
  /** The filters of a last vector that is not whole. */
  readonly #rest: LaneMask;

  constructor(parts: TileParts, paddedRow: number) {
    const { registers, cpu, code } = parts;
    this.#parts = parts;
    this.#paddedRow = paddedRow;
    this.#list = registers.gpr("list");
    this.#delta = registers.gpr("δ");
    this.#choices = registers.gpr("from δ to choices");
    this.#place = registers.gpr("bytes before the window");
    this.#choice = registers.gpr("place in the pool's window");
    this.#chosen = registers.vec("the place in all lanes");
    this.#zero = registers.vec("zero");
    cpu.zero(this.#zero);
    const filters = registers.gpr("filters");
    code.mov(filters.dword, this.#word(places.CONVOLUTION_FILTERS));
    code.and(filters, cpu.lanes - 1);
    this.#rest = cpu.firstLanes("last filters", filters);
    registers.free(filters);
  }

  write(): { readonly start: Gpr; readonly end: Gpr } {
    const { registers } = this.#parts;
    this.#start();
    this.#rowsOfWindows();
    const start = registers.gpr("start of the list");
    this.#findList(start);
    registers.free(this.#delta, this.#choices, this.#place, this.#choice, this.#chosen, this.#zero, this.#rest);
    return { start, end: this.#list };
  }

  #word(place: number): Memory {
    return argument(this.#parts, place);
  }

  /** to = scratch + bytes of the image, and a vector behind it, rounded up */
  #findList(to: Gpr): void {
    const { code, args } = this.#parts;
    code.mov(to.dword, this.#word(places.CONVOLUTION_IMAGE));
    code.add(to, 2 * VECTOR - 1);
    code.and(to, -VECTOR);
    code.add(to, args.scratch);
  }

  /** δ = DELTA + 4 · tile · windows · filters; the choices stand at the same place in CHOICES. */
  #start(): void {
    const { code, registers, args } = this.#parts;
    const numbers = registers.gpr("numbers");
    code.mov(numbers.dword, this.#word(places.CONVOLUTION_POOLED_HEIGHT));
    code.imul(numbers.dword, this.#word(places.CONVOLUTION_POOLED_WIDTH));
    code.imul(numbers.dword, this.#word(places.CONVOLUTION_FILTERS));
    code.imul(numbers, args.tile);
    loadAddress(this.#parts, this.#delta, places.CONVOLUTION_DELTA);
    loadAddress(this.#parts, this.#choices, places.CONVOLUTION_CHOICES);
    code.sub(this.#choices, this.#delta);
    code.lea(this.#delta, at(this.#delta, 0, numbers, 4));
    registers.free(numbers);
    this.#findList(this.#list);
    code.mov(kept.rowDelta, this.#delta);
    code.mov(this.#place.dword, 0);
    code.mov(kept.rowPlace, this.#place);
    const step = registers.gpr("bytes of a position");
    code.mov(step.dword, this.#word(places.CONVOLUTION_STRIDE_X));
    code.imul(step.dword, this.#word(places.CONVOLUTION_CHANNELS));
    code.shl(step, 2);
    code.mov(kept.positionBytes, step);
    registers.free(step);
  }

  /** The body for each of so many, which an argument says; the slot keeps how many are left. */
  #each(left: "windowRows" | "rows" | "windows" | "columns", count: number, body: () => void): void {
    const { code, registers } = this.#parts;
    const next = code.label(`next of ${left}`);
    const value = registers.gpr("value");
    code.mov(value.dword, this.#word(count));
    code.mov(kept[left], value);
    registers.free(value);
    code.place(next);
    body();
    const one = registers.gpr("one");
    code.mov(one, 1);
    code.sub(kept[left], one);
    registers.free(one);
    code.jcc("ne", next);
  }

  /** All positions, row-major: the upper row of a row of windows, then the rows below it. */
  #rowsOfWindows(): void {
    const { code, registers } = this.#parts;
    this.#each("windowRows", places.CONVOLUTION_POOLED_HEIGHT, () => {
      code.mov(this.#choice.dword, 0);
      this.#each("rows", places.CONVOLUTION_POOL_ROWS, () => {
        code.mov(this.#delta, kept.rowDelta);
        code.mov(this.#place, kept.rowPlace);
        this.#rowOfPositions();
        code.add(this.#choice.dword, this.#word(places.CONVOLUTION_POOL_COLUMNS));
        const step = registers.gpr("bytes of a row of positions");
        code.mov(step.dword, this.#word(places.CONVOLUTION_STRIDE_Y));
        code.imul(step.dword, this.#word(places.CONVOLUTION_ROW));
        code.add(kept.rowPlace, step);
        registers.free(step);
      });
      // Behind the row's last position δ stands at the next row of windows.
      code.mov(kept.rowDelta, this.#delta);
    });
  }

  #rowOfPositions(): void {
    const { code, registers } = this.#parts;
    this.#each("windows", places.CONVOLUTION_POOLED_WIDTH, () => {
      this.#each("columns", places.CONVOLUTION_POOL_COLUMNS, () => {
        const chosen = this.#chosen.as(128);
        code.vmovd(chosen, this.#choice.dword);
        code.vpbroadcastd(this.#chosen, chosen);
        this.#position();
        code.inc(this.#choice);
        code.add(this.#place, kept.positionBytes);
      });
      const value = registers.gpr("value");
      code.mov(value.dword, this.#word(places.CONVOLUTION_POOL_COLUMNS));
      code.sub(this.#choice, value);
      code.mov(value.dword, this.#word(places.CONVOLUTION_FILTERS));
      code.lea(this.#delta, at(this.#delta, 0, value, 4));
      registers.free(value);
    });
  }

  /** The items of a position: it is written, and kept if it has a filter. */
  #position(): void {
    const { code, registers } = this.#parts;
    const names = ["filters left", "δ of the filters", "w", "filters"];
    const [left, delta, w, filters] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
    code.mov(left.dword, this.#word(places.CONVOLUTION_FILTERS));
    code.mov(delta, this.#delta);
    code.mov(w.dword, 0);
    const next = code.label("next filters");
    code.place(next);
    this.#findFilters(filters, delta, left);
    code.mov(at(this.#list, item.FILTERS), filters);
    code.mov(at(this.#list, item.DELTA), delta);
    code.mov(at(this.#list, item.PLACE), this.#place.dword);
    code.mov(at(this.#list, item.W), w.dword);
    const after = registers.gpr("after the item");
    code.lea(after, at(this.#list, ITEM));
    code.test(filters, filters);
    code.cmov("ne", this.#list, after);
    const done = code.label("no more filters");
    code.cmp(left, FILTERS);
    code.jcc("be", done);
    code.sub(left, FILTERS);
    code.add(delta, 4 * FILTERS);
    code.mov(after.dword, this.#word(places.CONVOLUTION_ROWS));
    code.imul(after, after, FILTERS * this.#paddedRow);
    code.add(w, after);
    registers.free(after);
    code.jmp(next);
    code.place(done);
    registers.free(left, delta, w, filters);
  }

  /** filters = which of the next 64 are chosen, the first as the lowest bit */
  #findFilters(filters: Gpr, delta: Gpr, left: Gpr): void {
    const { code, cpu, registers } = this.#parts;
    const bits = registers.gpr("lanes");
    const found = code.label("found");
    code.cmp(left, FILTERS);
    when(code, "ae", () => {
      for (let before = FILTERS - cpu.lanes; before >= 0; before -= cpu.lanes) {
        const isFirst = before + cpu.lanes === FILTERS;
        if (!isFirst) code.shl(filters, cpu.lanes);
        this.#compare(isFirst ? filters : bits, at(delta, 4 * before, this.#choices), at(delta, 4 * before));
        if (!isFirst) code.add(filters, bits);
      }
      code.jmp(found);
    });
    this.#findFew(filters, bits, delta, left);
    code.place(found);
    registers.free(bits);
  }

  /** The same of the last filters, fewer than 64. */
  #findFew(filters: Gpr, bits: Gpr, delta: Gpr, left: Gpr): void {
    const { code, cpu, registers } = this.#parts;
    const from = registers.gpr("from");
    // Behind the last whole vector
    code.mov(from, left);
    code.and(from, -cpu.lanes);
    code.lea(from, at(delta, 0, from, 4));
    code.mov(filters.dword, 0);
    code.mov(bits, left);
    code.and(bits, cpu.lanes - 1);
    when(code, "ne", () => this.#compareRest(filters, from));
    const [next, done] = [code.label("next vector"), code.label("no more vectors")];
    code.place(next);
    code.cmp(from, delta);
    code.jcc("be", done);
    code.sub(from, cpu.bytes);
    code.shl(filters, cpu.lanes);
    this.#compare(bits, at(from, 0, this.#choices), at(from));
    code.add(filters, bits);
    code.jmp(next);
    code.place(done);
    registers.free(from);
  }

  /** bits = the lanes whose choice is the position's place and whose δ is not 0 */
  #compare(bits: Gpr, choices: Memory, delta: Memory): void {
    const { code, cpu, registers } = this.#parts;
    const lanes = cpu.mask("chosen");
    code.vpcmpeqd(lanes, this.#chosen, choices);
    cpu.narrow(lanes, this.#zero, delta, "NEQ_UQ");
    this.#bitsOf(bits, lanes);
    registers.free(lanes);
  }

  /** The same of the filters of a vector that is not whole. */
  #compareRest(bits: Gpr, from: Gpr): void {
    const { code, cpu, registers } = this.#parts;
    const [lanes, numbers] = [cpu.mask("chosen"), registers.vec("numbers")];
    cpu.load(numbers, at(from, 0, this.#choices), this.#rest);
    code.vpcmpeqd(lanes, this.#chosen, numbers);
    // Of the other lanes δ is 0.
    cpu.load(numbers, at(from), this.#rest);
    cpu.narrow(lanes, this.#zero, numbers, "NEQ_UQ");
    this.#bitsOf(bits, lanes);
    registers.free(lanes, numbers);
  }

  #bitsOf(bits: Gpr, lanes: LaneMask): void {
    const { code } = this.#parts;
    if (lanes instanceof Mask) code.kmovw(bits.dword, lanes);
    else code.vmovmskps(bits.dword, lanes);
  }
}
