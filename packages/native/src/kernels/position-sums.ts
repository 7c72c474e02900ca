/**
 * Each example's own sums over its positions, channel by channel: packages/inkling/kernels/batch-norm.ts. Of these rows
 * the sums over a batch are made, for the statistics and gradients of batch norm and for ∂C/∂b of a convolution.
 *
 *   s[i, c] = Σₚ x[i, p, c]  or  (x[i, p, c] − μ[c])²  or  x[i, p, c] · y[i, p, c], p ascending, from +0
 *
 * Lanes run across channels. An addition waits for the one before it, so four examples are summed at once.
 */
import { loop } from "../assembler/flow.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { channelForm, channelVectors, eachChannels } from "./channels.ts";
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
import { slots } from "./slots.ts";

/** What is summed: the numbers of BATCH_NORM_KIND. */
const [, SQUARES, PRODUCTS] = [0, 1, 2];

/** Examples at once. */
const TOGETHER = 4;

/** Where each example's sums go. */
const sumsOf = slots(["sums 0", "sums 1", "sums 2", "sums 3"]);

export const positionSums: NativeKernel = {
  operation: layout.POSITION_SUMS,
  formOf(words, level) {
    const form = channelForm(wordAt(words, places.BATCH_NORM_CHANNELS), level);
    return form < 0 ? form : 3 * form + wordAt(words, places.BATCH_NORM_KIND);
  },
  write: (level, form) => tileCode(level, (parts) => writeTile(parts, Math.floor(form / 3), form % 3)),
};

function writeTile(parts: TileParts, form: number, kind: number): void {
  const { code, registers, args } = parts;
  registers.free(args.scratch);
  const [row, last] = [registers.gpr("row"), registers.gpr("last row")];
  // rows of the tile: from tile · n to before min(that + n, examples)
  code.mov(last.dword, argument(parts, places.BATCH_NORM_TILE));
  code.mov(row, args.tile);
  code.imul(row, last);
  code.add(last, row);
  registers.free(args.tile);
  const end = registers.gpr("examples");
  code.mov(end.dword, argument(parts, places.BATCH_NORM_EXAMPLES));
  code.cmp(last, end);
  code.cmov("a", last, end);
  registers.free(end);
  code.dec(last);
  const next = code.label("next rows");
  code.place(next);
  addRows(parts, form, kind, { row, last });
  code.add(row, TOGETHER);
  code.cmp(row, last);
  code.jcc("be", next);
}

/** Four rows from `row` on; in place of rows behind the last one, that one again. */
function addRows(parts: TileParts, form: number, kind: number, { row, last }: Record<"row" | "last", Gpr>): void {
  const { code, registers } = parts;
  const stride = registers.gpr("bytes of a position");
  code.mov(stride.dword, argument(parts, places.BATCH_NORM_CHANNELS));
  code.shl(stride, 2);
  const rows = Array.from({ length: TOGETHER }, (_, k) => registers.gpr(`x of row ${k}`));
  const [bytes, value] = [registers.gpr("bytes of a row"), registers.gpr("value")];
  code.mov(bytes.dword, argument(parts, places.BATCH_NORM_POSITIONS));
  code.imul(bytes, stride);
  for (const [k, x] of rows.entries()) {
    code.lea(x, at(row, k));
    code.cmp(x, last);
    code.cmov("a", x, last);
    loadAddress(parts, value, places.BATCH_NORM_OUT);
    code.mov(sumsOf[`sums ${k as 0 | 1 | 2 | 3}`], value);
    code.mov(value, x);
    code.imul(value, stride);
    code.add(sumsOf[`sums ${k as 0 | 1 | 2 | 3}`], value);
    code.imul(x, bytes);
    loadAddress(parts, value, places.BATCH_NORM_X);
    code.add(x, value);
  }
  registers.free(bytes, value);
  eachChannels(parts, form, places.BATCH_NORM_CHANNELS, ({ before, mask }) => {
    const sums = channelVectors(parts, form, "sum", TOGETHER);
    const [term, mean] = channelVectors(parts, form, "term", 2) as [Vec, Vec];
    const [offset, left] = [registers.gpr("offset"), registers.gpr("positions left")];
    if (kind === SQUARES) {
      loadAddress(parts, offset, places.BATCH_NORM_MEAN);
      parts.cpu.load(mean, at(offset, 0, before), mask);
    }
    // Where y stands, seen from x.
    const toY = registers.gpr("from x to y");
    code.mov(toY.dword, argument(parts, places.BATCH_NORM_Y));
    code.mov(offset.dword, argument(parts, places.BATCH_NORM_X));
    code.sub(toY, offset);
    for (const sum of sums) parts.cpu.zero(sum);
    code.mov(offset, before);
    code.add(toY, offset);
    code.mov(left.dword, argument(parts, places.BATCH_NORM_POSITIONS));
    loop(code, left, () => {
      for (const [k, sum] of sums.entries()) {
        parts.cpu.load(term, at(rows[k] as Gpr, 0, offset), mask);
        if (kind === SQUARES) {
          code.vsubps(term, term, mean);
          code.vmulps(term, term, term);
        } else if (kind === PRODUCTS) {
          parts.cpu.load(mean, at(rows[k] as Gpr, 0, toY), mask);
          code.vmulps(term, term, mean);
        }
        code.vaddps(sum, sum, term);
      }
      code.add(offset, stride);
      code.add(toY, stride);
    });
    for (const [k, sum] of sums.entries()) {
      code.mov(offset, sumsOf[`sums ${k as 0 | 1 | 2 | 3}`] as Memory);
      parts.cpu.store(at(offset, 0, before), sum, mask);
    }
    registers.free(...sums, term, mean, offset, left, toY);
  });
  registers.free(stride, ...rows);
}
