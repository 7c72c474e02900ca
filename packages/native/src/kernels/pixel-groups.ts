/**
 * The first layer's gradient of a batch of several blocks of images, first half: the sums of a group of blocks, by
 * 32 columns. ADD_GROUPS adds the groups and divides.
 *
 * Tiles, and what stands where, are WebAssembly's (packages/inkling/kernels/pixels.ts): twelve columns or fewer have
 * sums of twelve. Each block's sums are made where they stay: at a level of a tree (kernels/tree.ts), or at the group's
 * place. There they take up the levels below.
 *
 * Measured on one Intel core: 41,000 images by 10 columns, 240 nanoseconds an image in WebAssembly, 190 here.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at } from "../assembler/memory.ts";
import { type Gpr, r8, rax, rdx, Vec, type Width } from "../assembler/registers.ts";
import { layout, loadAddress, places, type TileParts } from "./kernel.ts";
import { kept, PixelSums, type Row } from "./pixel-sums.ts";
import { slots } from "./slots.ts";

const { ADD_COLUMNS, BAND, BLOCK, FEW_COLUMNS } = layout;

/** What the stack keeps besides. */
const own = slots(["part", "blockFirst", "blockNow", "blockLast", "sumsNow", "sumsLast"], kept);

/**
 * The sums of twelve columns. (As three quarters of 512 bits they took seven times as long: a load behind a masked
 * store to the pixel before waits for it.)
 */
const twelve: Row["parts"] = [
  { at: 0, width: 256 },
  { at: 32, width: 128 },
];

export class GroupTile extends PixelSums {
  readonly #scratch: Gpr;

  constructor(parts: TileParts) {
    super(parts);
    // The division needs rdx.
    const { code, registers, args } = parts;
    this.#scratch = registers.claim(r8, "scratch");
    code.mov(this.#scratch, args.scratch);
    registers.free(args.scratch);
  }

  write(): void {
    const { code, cpu, registers, exit } = this.parts;
    this.keepSizes();
    const width = this.#findColumns();
    this.#findBlocks();
    const few = code.label("few columns");
    code.cmp(width, FEW_COLUMNS);
    code.jcc("be", few);
    const vectors = (4 * ADD_COLUMNS) / cpu.bytes;
    const wide = Array.from({ length: vectors }, (_, v) => ({ at: v * cpu.bytes, width: cpu.width }));
    this.#blocks(width, { bytes: 4 * ADD_COLUMNS, bands: 2, parts: wide });
    code.jmp(exit);
    code.place(few);
    this.#blocks(width, { bytes: 4 * FEW_COLUMNS, bands: 7, parts: twelve });
    registers.free(width);
  }

  /** Which columns of which group: fills the stack, and returns how many columns. */
  #findColumns(): Gpr {
    const { code, registers, args } = this.parts;
    const [part, panel] = [registers.claim(rax, "part"), registers.claim(rdx, "panel")];
    const width = registers.gpr("columns");
    // part = tile / ⌈columns / 32⌉, column = tile % … · 32, width = min(32, columns − column)
    code.mov(width.dword, this.word(places.PIXELS_COLUMNS));
    code.add(width.dword, ADD_COLUMNS - 1);
    code.shr(width.dword, Math.log2(ADD_COLUMNS));
    code.mov(part, args.tile);
    code.mov(panel.dword, 0);
    code.div(width.dword);
    code.mov(own.part, part);
    code.shl(panel, Math.log2(ADD_COLUMNS));
    code.mov(width.dword, this.word(places.PIXELS_COLUMNS));
    code.sub(width, panel);
    code.shl(panel, 2);
    code.mov(kept.columnBytes, panel);
    code.mov(part, ADD_COLUMNS);
    code.cmp(width, part);
    code.cmov("a", width, part);
    registers.free(part, panel, args.tile);
    return width;
  }

  /** Which blocks, and where their sum is to stand: fills the stack. */
  #findBlocks(): void {
    const { code, registers } = this.parts;
    // blocks first … last of the group, last = min(first + size, ⌈rows / 128⌉) − 1
    const [first, last, blocks] = [registers.gpr("first block"), registers.gpr("last block"), registers.gpr("blocks")];
    code.mov(last.dword, this.word(places.PIXELS_TILE));
    code.mov(first, last);
    code.imul(first, own.part);
    code.add(last, first);
    code.mov(blocks.dword, this.word(places.PIXELS_ROWS));
    code.add(blocks, BLOCK - 1);
    code.shr(blocks, Math.log2(BLOCK));
    code.cmp(last, blocks);
    code.cmov("a", last, blocks);
    code.dec(last);
    code.mov(own.blockFirst, first);
    code.mov(own.blockNow, first);
    code.mov(own.blockLast, last);
    // Bytes of a pixel's sums of all columns: rest columns have 12 or 32
    const [bytes, rest] = [blocks, last];
    code.mov(bytes, kept.deltaBytes);
    code.mov(rest, bytes);
    code.and(rest, 4 * ADD_COLUMNS - 1);
    code.sub(bytes, rest);
    code.test(rest, rest);
    when(code, "ne", () => {
      code.add(bytes, 4 * FEW_COLUMNS);
      code.cmp(rest, 4 * FEW_COLUMNS);
      when(code, "a", () => code.add(bytes, 4 * (ADD_COLUMNS - FEW_COLUMNS)));
    });
    // sums = SUMS + pixels · (group · bytes + column · 4)
    code.imul(bytes, own.part);
    code.add(bytes, kept.columnBytes);
    code.mov(rest.dword, this.word(places.PIXELS_PER_IMAGE));
    code.imul(bytes, rest);
    loadAddress(this.parts, rest, places.PIXELS_SUMS);
    code.add(bytes, rest);
    code.mov(own.sumsLast, bytes);
    registers.free(first, last, blocks);
  }

  /** Sums the blocks, one after the other. */
  #blocks(width: Gpr, size: Row): void {
    const { code, cpu, registers, exit } = this.parts;
    const rest = registers.gpr("columns from a vector on");
    const masks: LaneMask[] = [];
    const parts = size.parts.map((part) => {
      code.lea(rest, at(width, -part.at / 4));
      const mask = cpu.firstLanes(`columns from byte ${part.at}`, rest);
      masks.push(mask);
      return { ...part, mask: mask instanceof Vec ? mask.as(part.width) : mask };
    });
    registers.free(rest);
    const row = { ...size, parts };
    const next = code.label("next block");
    code.place(next);
    this.#block(row);
    const block = registers.gpr("block");
    code.mov(block, own.blockNow);
    code.cmp(block, own.blockLast);
    code.jcc("ae", exit);
    code.inc(block);
    code.mov(own.blockNow, block);
    registers.free(block);
    code.jmp(next);
    registers.free(...masks);
  }

  /** One block of a group: its sums, plus those of the levels that they take up (kernels/tree.ts). */
  #block(row: Row): void {
    const { code, registers } = this.parts;
    const [sums, level, bytes] = [registers.gpr("sums"), registers.gpr("level"), registers.gpr("bytes")];
    // at = the last: where the group's sums are to stand; another: scratch + level · bytes, level = the lowest 0 of it
    code.mov(level, own.blockNow);
    code.mov(sums, own.sumsLast);
    code.cmp(level, own.blockLast);
    when(code, "ne", () => {
      code.sub(level, own.blockFirst);
      code.lea(sums, at(level, 1));
      code.tzcnt(sums, sums);
      this.#bytesOf(row, bytes);
      code.imul(sums, bytes);
      code.add(sums, this.#scratch);
    });
    code.mov(own.sumsNow, sums);
    registers.free(sums, level, bytes);
    const [from, to] = [registers.gpr("band"), registers.gpr("end")];
    code.mov(from.dword, 0);
    code.mov(to.dword, this.word(places.PIXELS_BANDS));
    this.bands(row, from, to, () => {
      const [sums, before] = [registers.gpr("sums"), registers.gpr("before")];
      code.mov(sums, own.sumsNow);
      code.mov(before, kept.bandFrom);
      code.imul(before, before, BAND * row.bytes);
      code.add(sums, before);
      registers.free(before);
      this.addImages(row, sums, own.blockNow);
      registers.free(sums);
    });
    this.#carry(row);
  }

  /** Adds the levels that a block's sums take up, from the lowest on. */
  #carry(row: Row): void {
    const { code, cpu, registers } = this.parts;
    const [taken, other, bytes] = [registers.gpr("taken levels"), registers.gpr("other"), registers.gpr("bytes")];
    // Of the last all of its levels; of another b & ~(b + 1)
    code.mov(taken, own.blockNow);
    code.sub(taken, own.blockFirst);
    code.mov(other, own.blockNow);
    code.cmp(other, own.blockLast);
    when(code, "ne", () => {
      code.lea(other, at(taken, 1));
      code.xor(other, -1);
      code.and(taken, other);
    });
    const [next, end] = [code.label("next level"), code.label("no more levels")];
    code.place(next);
    code.test(taken, taken);
    code.jcc("e", end);
    const [sums, level] = [registers.gpr("sums"), registers.gpr("level")];
    this.#bytesOf(row, bytes);
    code.tzcnt(level, taken);
    code.imul(level, bytes);
    code.add(level, this.#scratch);
    code.mov(sums, own.sumsNow);
    const add = (width: Width) => {
      const value = registers.vec("sum").as(width);
      loop(
        code,
        bytes,
        () => {
          code.vmovups(value, at(level));
          code.vaddps(value, value, at(sums));
          code.vmovups(at(sums), value);
          code.add(level, width / 8);
          code.add(sums, width / 8);
        },
        width / 8,
      );
      registers.free(value);
    };
    add(cpu.width);
    add(128);
    code.lea(other, at(taken, -1));
    code.and(taken, other);
    registers.free(sums, level);
    code.jmp(next);
    code.place(end);
    registers.free(taken, other, bytes);
  }

  /** bytes = those of all pixels' sums. */
  #bytesOf(row: Row, bytes: Gpr): void {
    const { code } = this.parts;
    code.mov(bytes.dword, this.word(places.PIXELS_PER_IMAGE));
    code.imul(bytes, bytes, row.bytes);
  }
}
