/**
 * Numbers that are not 0, pressed together with their offsets: the step of list-rows.ts. AVX-512 has an instruction for
 * it. At AVX2 the eight bits of a comparison choose an order of lanes from a table: those that are 1, ascending.
 */
import { at } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { argument, places, type TileParts } from "./kernel.ts";

export class Presser {
  readonly #parts: TileParts;
  readonly #half: Gpr;
  readonly #zero: Vec;
  readonly #offsets: Vec;
  readonly #first: Vec;
  /** Offsets from a vector to the next. */
  readonly #step: Vec;
  /** At AVX2, for each eight bits: which lanes they are, then any. */
  readonly #orders: Gpr | undefined;

  /** `half` holds the bytes from an offset in a list to its number. The scratch memory is given back. */
  constructor(parts: TileParts, half: Gpr) {
    const { code, cpu, registers, args } = parts;
    this.#parts = parts;
    this.#half = half;
    this.#zero = registers.vec("zero");
    this.#offsets = registers.vec("offsets");
    this.#first = registers.vec("offsets of the first depths");
    this.#step = registers.vec("step");
    cpu.zero(this.#zero);
    // In the scratch memory: 0, 1, 2 … times the bytes of a row of B
    const offset = registers.gpr("offset");
    code.mov(offset.dword, 0);
    for (let lane = 0; lane <= cpu.lanes; lane++) {
      code.mov(at(args.scratch, 4 * lane), offset.dword);
      code.add(offset.dword, argument(parts, places.PRODUCT_B_DEPTH));
    }
    cpu.load(this.#first, at(args.scratch));
    cpu.broadcast(this.#step, at(args.scratch, 4 * cpu.lanes));
    registers.free(offset, args.scratch);
    if (cpu.level === "avx512") return;
    this.#orders = registers.gpr("orders of lanes");
    code.lea(this.#orders, at(code.constant("orders of lanes", ordersOfLanes())));
  }

  /** Begins with the first depths. */
  firstDepths(): void {
    this.#parts.code.vmovaps(this.#offsets, this.#first);
  }

  nextDepths(): void {
    this.#parts.code.vpaddd(this.#offsets, this.#offsets, this.#step);
  }

  /** Writes the numbers of x that are not 0, and their offsets, at the end of a list; entries = how many they are. */
  press(x: Vec, end: Gpr, entries: Gpr): void {
    const { code, cpu, registers } = this.#parts;
    const [lanes, numbers, offsets] = [cpu.mask("not 0"), registers.vec("numbers"), registers.vec("their offsets")];
    cpu.compare(lanes, x, this.#zero, "NEQ_UQ");
    if (lanes instanceof Mask) {
      code.vpcompressd(numbers, x, { mask: lanes, zero: true });
      code.vpcompressd(offsets, this.#offsets, { mask: lanes, zero: true });
      code.kmovw(entries.dword, lanes);
    } else {
      code.vmovmskps(entries.dword, lanes);
      code.vpmovzxbd(lanes, at(this.#orders as Gpr, 0, entries, 8));
      code.vpermd(numbers, lanes, x);
      code.vpermd(offsets, lanes, this.#offsets);
    }
    cpu.store(at(end), offsets);
    cpu.store(at(end, 0, this.#half), numbers);
    code.popcnt(entries.dword, entries.dword);
    registers.free(lanes, numbers, offsets);
  }
}

/** For each eight bits, the numbers of those that are 1, ascending, and zeros: eight bytes each. */
function ordersOfLanes(): Uint8Array {
  const lanes = Array.from({ length: 8 }, (_, lane) => lane);
  return Uint8Array.from(
    Array.from({ length: 256 }, (_, bits) => {
      const chosen = lanes.filter((lane) => (bits >> lane) & 1);
      return [...chosen, ...Array<number>(8 - chosen.length).fill(0)];
    }).flat(),
  );
}
