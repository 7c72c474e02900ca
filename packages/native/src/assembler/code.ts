/**
 * A piece of machine code while it is written: bytes, labels, and constants that stand behind the code.
 *
 * Jumps back to a near label take the short form of 2 bytes; all others take the long form with 32 bits. A label is
 * used before or after it is placed; `finish` fills in the distances.
 */
import { AssemblyError, checked } from "../errors.ts";
import { Label } from "./memory.ts";

/** Instructions that do nothing, by their number of bytes: what Intel's manual recommends for filling up. */
const nops: readonly (readonly number[])[] = [
  [],
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/** The shortest row of nops with so many bytes. */
export function nopBytes(count: number): number[] {
  const bytes: number[] = [];
  for (let left = count; left > 0; left -= 9) bytes.push(...(nops[Math.min(left, 9)] ?? []));
  return bytes;
}

/** A distance to fill in: 32 bits at `at` get the distance from `from` to the label, plus `plus`. */
interface Fixup {
  readonly at: number;
  readonly label: Label;
  readonly from: number;
  readonly plus: number;
}

interface Constant {
  readonly label: Label;
  readonly bytes: Uint8Array;
}

/** The largest boundary that `align` knows, and on which finished code has to stand in memory. */
export const CODE_ALIGNMENT = 64;

export class Code {
  readonly #bytes: number[] = [];
  readonly #fixups: Fixup[] = [];
  readonly #constants: Constant[] = [];
  readonly #labels = new Set<Label>();
  readonly #places = new Map<Label, number>();
  #widestBoundary: 1 | 16 | 32 | 64 = 1;

  /** How many bytes have been written. */
  get position(): number {
    return this.#bytes.length;
  }

  /** What the first byte has to be aligned to, so that `align` and constants keep what they promise. */
  get boundary(): 1 | 16 | 32 | 64 {
    return this.#constants.length > 0 ? CODE_ALIGNMENT : this.#widestBoundary;
  }

  /** A new label of this code. The name is for messages only. */
  label(name: string): Label {
    const label = new Label(name);
    this.#labels.add(label);
    return label;
  }

  /** Puts the label here, before the next instruction. Throws an AssemblyError where it stands somewhere already. */
  place(label: Label): void {
    this.#own(label);
    if (this.#places.has(label)) {
      throw new AssemblyError("place", `the label "${label.name}" to be placed once`, "it a second time");
    }
    this.#places.set(label, this.position);
  }

  /** Fills up with nops to a multiple of 16, 32 or 64 bytes. A loop that begins at one is fetched faster. */
  align(boundary: 16 | 32 | 64): void {
    this.#widestBoundary = Math.max(this.#widestBoundary, boundary) as 16 | 32 | 64;
    this.write(...nopBytes((boundary - (this.position % boundary)) % boundary));
  }

  /** Puts bytes behind the code, at a multiple of 64, and gives their label: `at(label)` reads them. */
  constant(name: string, bytes: Uint8Array): Label {
    const label = this.label(name);
    this.#constants.push({ label, bytes: bytes.slice() });
    return label;
  }

  /** Appends bytes. Instructions call it; a kernel has no reason to. */
  write(...values: readonly number[]): void {
    for (const value of values) this.#bytes.push(checked("write", "a byte", value, 0, 255));
  }

  /** Appends the lowest `count` bytes of a number, least significant first. Two's complement gives the sign. */
  writeNumber(value: number, count: 1 | 4): void {
    for (let at = 0; at < count; at++) this.#bytes.push((value >> (8 * at)) & 255);
  }

  /** Appends the lowest 64 bits of a number, in the same way. */
  writeLong(value: bigint): void {
    for (let at = 0n; at < 64n; at += 8n) this.#bytes.push(Number(BigInt.asUintN(8, value >> at)));
  }

  /** Appends 32 bits that become the distance from the end of the instruction, `behind` bytes later, to the label. */
  writeDistance(label: Label, behind = 0, plus = 0): void {
    this.#own(label);
    this.#fixups.push({ at: this.position, label, from: this.position + 4 + behind, plus });
    this.writeNumber(0, 4);
  }

  /** Bytes back to a label that is placed already; undefined where it is still to come. */
  distanceBack(label: Label): number | undefined {
    this.#own(label);
    const place = this.#places.get(label);
    return place === undefined ? undefined : this.position - place;
  }

  /**
   * The finished bytes, with all distances filled in. They may stand at any multiple of 64 in memory. Throws an
   * AssemblyError where a label that is used has no place.
   */
  finish(): Uint8Array {
    const bytes = [...this.#bytes];
    const places = new Map(this.#places);
    for (const constant of this.#constants) {
      while (bytes.length % CODE_ALIGNMENT !== 0) bytes.push(0xcc);
      places.set(constant.label, bytes.length);
      for (const byte of constant.bytes) bytes.push(byte);
    }
    const finished = Uint8Array.from(bytes);
    const view = new DataView(finished.buffer);
    for (const { at, label, from, plus } of this.#fixups) {
      const place = places.get(label);
      if (place === undefined) {
        throw new AssemblyError("finish", `the label "${label.name}" to have a place`, "none", "Call place(label).");
      }
      view.setInt32(at, checked("finish", "a distance", place + plus - from, -(2 ** 31), 2 ** 31 - 1), true);
    }
    return finished;
  }

  #own(label: Label): void {
    if (this.#labels.has(label)) return;
    throw new AssemblyError("label", "a label of this code", `"${label.name}" of another`);
  }
}
