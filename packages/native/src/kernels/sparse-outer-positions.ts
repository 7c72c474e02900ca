/**
 * Which positions of an example have a δ that is not 0, below a max pool: for sparse-outer.ts.
 *
 * In scratch memory, of the positions that the pool's windows cover, row-major:
 *
 *   positions   where the position's window begins in the image, and where its δ stands, in bytes: two words each
 *   choices     which pixel of its window of the pool the position is: a word each
 *   bits        of a panel of filters, whether δ is not 0: a vector of words for 32 positions, the first the lowest bit
 *
 * The first two are made once a tile, the bits for each example and panel.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { type BlockFrame, blockSlots } from "./convolution-outer-blocks.ts";
import { places } from "./kernel.ts";

/** Bytes of a position in the table. */
export const POSITION = 8;
/** Bytes of a choice. */
const CHOICE = 4;
/** Positions of a word of bits; two words are read at a time. */
const WORD = 32;

/** What stands before the scratch memory: the tables, how many positions there are, how many times two words of bits. */
export const tableNames = ["positions", "choices", "bits", "positionCount", "wordPairs", "toChoices"] as const;
type TableFrame = BlockFrame<(typeof tableNames)[number]>;

/** Makes the tables of positions and choices at the start of the scratch memory. The levels stand behind the tables. */
export function makeTables(frame: TableFrame): void {
  placeTables(frame);
  const { code, registers } = frame.parts;
  const [position, choice] = [registers.gpr("position"), registers.gpr("choice")];
  const [rows, lines, columns, pixels] = loopCounters(frame);
  const [x, xLine, across] = [registers.gpr("x"), registers.gpr("x of the line"), registers.gpr("to the next x")];
  const [delta, deltaRow] = [registers.gpr("δ"), registers.gpr("δ of the row")];
  const [pixel, first, value] = [registers.gpr("pixel"), registers.gpr("line's first pixel"), registers.gpr("value")];
  frame.load(position, "positions");
  frame.load(choice, "choices");
  code.mov(across.dword, frame.word(places.CONVOLUTION_STRIDE_X));
  code.imul(across.dword, frame.word(places.CONVOLUTION_CHANNELS));
  code.shl(across.dword, 2);
  code.mov(xLine.dword, 0);
  code.mov(deltaRow.dword, 0);
  code.mov(rows.dword, frame.word(places.CONVOLUTION_POOLED_HEIGHT));
  // A row of windows has several lines of positions, and each of these all its windows.
  loop(code, rows, () => {
    code.mov(first.dword, 0);
    code.mov(lines.dword, frame.word(places.CONVOLUTION_POOL_ROWS));
    loop(code, lines, () => {
      code.mov(x, xLine);
      code.mov(delta, deltaRow);
      code.mov(columns.dword, frame.word(places.CONVOLUTION_POOLED_WIDTH));
      loop(code, columns, () => {
        code.mov(pixel, first);
        code.mov(pixels.dword, frame.word(places.CONVOLUTION_POOL_COLUMNS));
        loop(code, pixels, () => {
          code.mov(at(position), x.dword);
          code.mov(at(position, 4), delta.dword);
          code.mov(at(choice), pixel.dword);
          code.add(position, POSITION);
          code.add(choice, CHOICE);
          code.add(x, across);
          code.inc(pixel);
        });
        code.mov(value.dword, frame.word(places.CONVOLUTION_FILTERS));
        code.lea(delta, at(delta, 0, value, 4));
      });
      code.mov(first, pixel);
      code.mov(value.dword, frame.word(places.CONVOLUTION_STRIDE_Y));
      code.imul(value.dword, frame.word(places.CONVOLUTION_ROW));
      code.add(xLine, value);
    });
    code.mov(deltaRow, delta);
  });
  registers.free(...[position, choice, rows, lines, columns, pixels, x, xLine, across, delta, deltaRow]);
  registers.free(pixel, first, value);
}

function loopCounters({ parts: { registers } }: TableFrame): [Gpr, Gpr, Gpr, Gpr] {
  return [registers.gpr("rows"), registers.gpr("lines"), registers.gpr("columns"), registers.gpr("pixels")];
}

/** Where the tables and the levels begin, how long the tables are, and how far choices are from δ. */
function placeTables(frame: TableFrame): void {
  const { code, cpu, registers } = frame.parts;
  const [count, to, value] = [registers.gpr("positions"), registers.gpr("to"), registers.gpr("value")];
  code.mov(count.dword, frame.word(places.CONVOLUTION_POOLED_HEIGHT));
  for (const factor of ["CONVOLUTION_POOLED_WIDTH", "CONVOLUTION_POOL_ROWS", "CONVOLUTION_POOL_COLUMNS"] as const) {
    code.imul(count.dword, frame.word(places[factor]));
  }
  frame.keep("positionCount", count);
  code.mov(to, blockSlots.scratch);
  frame.keep("positions", to);
  code.lea(to, at(to, 0, count, POSITION));
  frame.keep("choices", to);
  // Bits and levels begin at a multiple of a line of the cache.
  code.lea(to, at(to, 63, count, CHOICE));
  code.and(to, -64);
  frame.keep("bits", to);
  code.lea(value, at(count, 2 * WORD - 1));
  code.shr(value, Math.log2(2 * WORD));
  frame.keep("wordPairs", value);
  code.imul(value, value, 2 * cpu.bytes);
  code.add(to, value);
  frame.keep("levels", to);
  code.mov(value.dword, frame.word(places.CONVOLUTION_CHOICES));
  code.mov(to.dword, frame.word(places.CONVOLUTION_DELTA));
  code.sub(value, to);
  frame.keep("toChoices", value);
  registers.free(count, to, value);
}

/** Finds the bits of a panel: `delta` is its δ of the first window, `filters` how many there are from it on. */
export function findChosen(frame: TableFrame, delta: Gpr, filters: Gpr): void {
  const { code, cpu, registers } = frame.parts;
  const mask = cpu.firstLanes("filters", filters);
  const [to, words, left] = [registers.gpr("to"), registers.gpr("words"), registers.gpr("positions left")];
  const [position, choice] = [registers.gpr("position"), registers.gpr("choice")];
  const [choices, count] = [registers.gpr("choices"), registers.gpr("positions of the word")];
  const [bits, bit, zero] = [registers.vec("bits"), registers.vec("bit"), registers.vec("zero")];
  frame.load(choices, "toChoices");
  code.add(choices, delta);
  frame.load(to, "bits");
  frame.load(words, "wordPairs");
  code.shl(words, 1);
  frame.load(left, "positionCount");
  frame.load(position, "positions");
  frame.load(choice, "choices");
  cpu.zero(zero);
  loop(code, words, () => {
    code.mov(count.dword, WORD);
    code.cmp(left, count);
    code.cmov("b", count, left);
    code.sub(left, count);
    cpu.zero(bits);
    cpu.broadcast(bit, at(cpu.constantBits(1).base));
    loop(code, count, () => {
      const before = registers.gpr("bytes before δ");
      code.mov(before.dword, at(position, 4));
      addBit(frame, { bits, bit, zero, mask }, at(delta, 0, before), at(choices, 0, before), at(choice));
      registers.free(before);
      code.add(position, POSITION);
      code.add(choice, CHOICE);
    });
    code.vmovups(at(to), bits);
    code.add(to, cpu.bytes);
  });
  registers.free(mask, to, words, left, position, choice, choices, count, bits, bit, zero);
}

/** What bits are made with: those of a word, that of the next position, +0, and which lanes are filters. */
interface Bits {
  readonly bits: Vec;
  readonly bit: Vec;
  readonly zero: Vec;
  readonly mask: LaneMask;
}

/** Adds a position's bit to the lanes whose δ is its own and not 0; then `bit` is that of the next position. */
function addBit(frame: TableFrame, { bits, bit, zero, mask }: Bits, delta: Memory, choice: Memory, own: Memory): void {
  const { code, cpu, registers } = frame.parts;
  const [d, c] = [registers.vec("δ"), registers.vec("choices")];
  const isChosen = cpu.mask("chosen");
  cpu.load(d, delta, mask);
  cpu.load(c, choice, mask);
  cpu.compare(isChosen, d, zero, "NEQ_UQ");
  if (isChosen instanceof Mask) {
    code.vpcmpeqd(isChosen, c, own.toAll(), { mask: isChosen });
    code.vpord(bits, bits, bit, { mask: isChosen });
  } else {
    cpu.broadcast(d, own);
    code.vpcmpeqd(c, c, d);
    code.vpandd(c, c, isChosen);
    code.vpandd(c, c, bit);
    code.vpord(bits, bits, c);
  }
  code.vpaddd(bit, bit, bit);
  registers.free(d, c, isChosen);
}
