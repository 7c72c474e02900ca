/**
 * Lists of pixels, as machine code reads them. An image's list has a word for each pixel that is not 0, pixel · 256 +
 * byte, ascending; its offsets are the addresses where its bands start, and where its list ends
 * (packages/inkling/kernels/pixel-lists.ts).
 */
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { layout, type TileParts } from "./kernel.ts";

/** Registers for a word of a list. */
export interface Word {
  /** The word, then the number of its pixel. */
  readonly pixel: Gpr;
  readonly byte: Gpr;
}

/** pixel = the number of the word's pixel, x = its byte / 255 in all lanes. */
export function readWord({ code, cpu, args }: TileParts, from: Memory, { pixel, byte }: Word, x: Vec): void {
  code.mov(pixel.dword, from);
  code.movzxByte(byte.dword, pixel);
  code.shr(pixel.dword, 8);
  cpu.broadcast(x, at(args.memory, layout.BYTES, byte, 4));
}

/** The body for every word of a list: `bytes` of them from `from` on. Then `from` stands behind, and `bytes` is 0. */
export function forWords({ code }: TileParts, from: readonly Gpr[], bytes: Gpr, body: (word: Memory[]) => void): void {
  const [top, end] = [code.label("next word"), code.label("no more words")];
  // A negative offset that grows to 0 counts and points at once.
  for (const list of from) code.add(list, bytes);
  code.neg(bytes);
  code.jcc("e", end);
  code.align(32);
  code.place(top);
  body(from.map((list) => at(list, 0, bytes)));
  code.add(bytes, 4);
  code.jcc("ne", top);
  code.place(end);
}

/** Cache lines of an image's list that are asked for: most lists of MNIST have no more. */
const LINES = 12;
/** Images between asking for a list and reading it. */
export const AHEAD = 8;

/**
 * Asks for the lines of an image's list, without waiting. `image` holds the image's number, `offsetBytes` the bytes of
 * an image's offsets.
 */
export function fetchList(
  { code, registers, args }: TileParts,
  image: Memory,
  offsets: Gpr,
  offsetBytes: Memory,
): void {
  const list = registers.gpr("list to fetch");
  code.mov(list.dword, image);
  code.imul(list, offsetBytes);
  code.mov(list.dword, at(offsets, 0, list));
  code.add(list, args.memory);
  for (let line = 0; line < LINES; line++) code.prefetcht0(at(list, 64 * line));
  registers.free(list);
}
