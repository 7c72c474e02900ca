/**
 * The blocks of ∂C/∂W: what the kernels of convolution-outer.ts and sparse-outer.ts share. The sums of a block are made
 * in scratch memory, example after example, where the level of the tree stands that they become. Then they take up lower
 * levels, as packages/inkling/kernels/tree.ts says.
 */
import { loop } from "../assembler/flow.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";
import { argument, layout, places, type TileParts } from "./kernel.ts";
import { slots } from "./slots.ts";

const { BLOCK } = layout;

/** Bytes that a level is cleared and added by: its size is a multiple. */
const PART = 32;

/** What the stack keeps for the blocks. */
export const blockSlots = slots(["examplesLeft", "block", "scratch"]);

/** What stands before the scratch memory: the levels, the bytes of one, and where this block's sums are. */
const blockNames = ["levels", "levelBytes", "blockSums"] as const;
type BlockName = (typeof blockNames)[number];

/** The values that a tile keeps before its scratch memory, by name. */
export class BlockFrame<Name extends string = never> {
  readonly parts: TileParts;
  readonly #names: readonly string[];

  constructor(parts: TileParts, names: readonly Name[]) {
    this.parts = parts;
    this.#names = [...blockNames, ...names];
  }

  /** An argument. */
  word(offset: number): Memory {
    return argument(this.parts, offset);
  }

  /** to = a value of the tile. */
  load(to: Gpr, name: Name | BlockName): void {
    this.parts.code.mov(to, blockSlots.scratch);
    this.parts.code.mov(to, this.#place(to, name));
  }

  /** A value of the tile = from. */
  keep(name: Name | BlockName, from: Gpr): void {
    const base = this.parts.registers.gpr("scratch");
    this.parts.code.mov(base, blockSlots.scratch);
    this.parts.code.mov(this.#place(base, name), from);
    this.parts.registers.free(base);
  }

  #place(base: Gpr, name: string): Memory {
    return at(base, -8 * (this.#names.indexOf(name) + 1));
  }

  /** A slot = a value of the tile. */
  copy(slot: Memory, name: Name | BlockName): void {
    const value = this.parts.registers.gpr("value");
    this.load(value, name);
    this.parts.code.mov(slot, value);
    this.parts.registers.free(value);
  }

  /** slot = slot + bytes */
  move(slot: Memory, bytes: number): void {
    const value = this.parts.registers.gpr("value");
    this.parts.code.mov(value, slot);
    this.parts.code.add(value, bytes);
    this.parts.code.mov(slot, value);
    this.parts.registers.free(value);
  }
}

/** Keeps where the scratch memory is, and that the first block is next. The register of that argument is free then. */
export function startBlocks({ parts: { code, registers, args } }: BlockFrame): void {
  code.mov(blockSlots.scratch, args.scratch);
  registers.free(args.scratch);
  const block = registers.gpr("first block");
  code.mov(block.dword, 0);
  code.mov(blockSlots.block, block);
  registers.free(block);
}

/**
 * All blocks of the batch. The body adds one example's own sums to those of its block, which begin at `blockSums`. In
 * the end the sums of the whole batch stand there.
 */
export function eachBlock(frame: BlockFrame, addExample: () => void): void {
  const { code, registers } = frame.parts;
  const next = code.label("next block");
  code.place(next);
  addBlock(frame, addExample);
  const [block, after, taken] = [registers.gpr("block"), registers.gpr("block after"), registers.gpr("taken")];
  code.mov(block, blockSlots.block);
  code.lea(after, at(block, 1));
  code.mov(blockSlots.block, after);
  // The last block takes up all levels that there are, and another one those of its lowest ones in binary.
  const isLast = code.label("last block");
  code.mov(taken, after);
  code.shl(taken, Math.log2(BLOCK));
  code.cmp(taken.dword, frame.word(places.CONVOLUTION_EXAMPLES));
  code.mov(taken, block);
  code.jcc("ae", isLast);
  code.xor(taken, after);
  code.shr(taken, 1);
  code.place(isLast);
  registers.free(block, after);
  carry(frame, taken);
  registers.free(taken);
  const examples = registers.gpr("examples left");
  examplesLeft(frame, examples);
  code.cmp(examples, 0);
  registers.free(examples);
  code.jcc("g", next);
}

/** left = examples from this block on; 0 or below 0 behind the last block. */
function examplesLeft(frame: BlockFrame, left: Gpr): void {
  const { code, registers } = frame.parts;
  const done = registers.gpr("examples before");
  code.mov(done, blockSlots.block);
  code.shl(done, Math.log2(BLOCK));
  code.mov(left.dword, frame.word(places.CONVOLUTION_EXAMPLES));
  code.sub(left, done);
  registers.free(done);
}

/** The sums of a block, from +0, where the level stands that they become. */
function addBlock(frame: BlockFrame, addExample: () => void): void {
  const { code, cpu, registers } = frame.parts;
  const [sums, level, bytes] = [registers.gpr("sums"), registers.gpr("level"), registers.gpr("bytes of a level")];
  code.mov(level, blockSlots.block);
  code.inc(level);
  code.tzcnt(level, level);
  frame.load(bytes, "levelBytes");
  code.imul(level, bytes);
  frame.load(sums, "levels");
  code.add(sums, level);
  frame.keep("blockSums", sums);
  const zero = registers.vec("zero").as(256);
  cpu.zero(zero);
  eachPart(frame, bytes, () => {
    code.vmovups(at(sums), zero);
    code.add(sums, PART);
  });
  registers.free(zero);
  examplesLeft(frame, level);
  code.mov(sums.dword, BLOCK);
  code.cmp(level, sums);
  code.cmov("a", level, sums);
  registers.free(sums, bytes);
  code.mov(blockSlots.examplesLeft, level);
  registers.free(level);
  const next = code.label("next example");
  code.place(next);
  addExample();
  const left = registers.gpr("examples left");
  code.mov(left, blockSlots.examplesLeft);
  code.dec(left);
  code.mov(blockSlots.examplesLeft, left);
  registers.free(left);
  code.jcc("ne", next);
}

function eachPart(frame: BlockFrame, bytes: Gpr, body: () => void): void {
  loop(frame.parts.code, bytes, body, PART);
}

/** Adds the levels that the block takes up to its sums, the lowest first. */
function carry(frame: BlockFrame, taken: Gpr): void {
  const { code, registers } = frame.parts;
  const [level, sums, bytes] = [registers.gpr("level"), registers.gpr("sums"), registers.gpr("bytes")];
  const sum = registers.vec("sum").as(256);
  const [next, done] = [code.label("next level"), code.label("carried")];
  frame.load(level, "levels");
  code.place(next);
  code.test(taken, taken);
  code.jcc("e", done);
  frame.load(bytes, "levelBytes");
  frame.load(sums, "blockSums");
  code.shr(taken, 1);
  const skip = code.label("level not taken");
  code.jcc("ae", skip);
  eachPart(frame, bytes, () => {
    code.vmovups(sum, at(level));
    code.vaddps(sum, sum, at(sums));
    code.vmovups(at(sums), sum);
    code.add(level, PART);
    code.add(sums, PART);
  });
  code.place(skip);
  // Behind the level: `bytes` is 0 where it was added.
  code.add(level, bytes);
  code.jmp(next);
  code.place(done);
  registers.free(level, sums, bytes, sum);
}
