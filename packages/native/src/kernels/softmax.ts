/**
 * Softmax and its loss: packages/inkling/kernels/rows.ts. A lane is a row.
 *
 *   M = max zₖ    L = ln Σ exp(zₖ − M), k ascending, from +0    pⱼ = exp((zⱼ − M) − L)
 *   Cᵢ = L − (z_y − M)    ∂Cᵢ/∂z = p − y
 */
import { at } from "../assembler/memory.ts";
import type { Vec } from "../assembler/registers.ts";
import { exp, log } from "./float32.ts";
import { layout, type NativeKernel, places, type TileParts, tileCode } from "./kernel.ts";
import { formOfRows, RowGroups } from "./rows.ts";

/** p = softmax(z), row by row */
export const softmax: NativeKernel = {
  operation: layout.SOFTMAX,
  formOf: formOfRows,
  write: (level) =>
    tileCode(level, (parts) => {
      const rows = new RowGroups(parts, layout.TILE_ROWS);
      rows.each(() => {
        rows.read(places.ROWS_IN);
        const L = shiftAndSum(parts, rows);
        powers(parts, rows, L);
        rows.write(places.ROWS_OUT);
        parts.registers.free(L);
      });
    }),
};

/** Cᵢ = L − (z_y − M), ∂Cᵢ/∂z = p − y */
export const softmaxCrossEntropy: NativeKernel = {
  operation: layout.SOFTMAX_CROSS_ENTROPY,
  formOf: formOfRows,
  write: (level) =>
    tileCode(level, (parts) => {
      const { code, cpu, registers } = parts;
      const rows = new RowGroups(parts, layout.TILE_ROWS);
      rows.each((lanes) => {
        rows.read(places.ROWS_IN);
        const L = shiftAndSum(parts, rows);
        const [labels, j, atLabel, y] = registers.vecs("label", 4) as [Vec, Vec, Vec, Vec];
        rows.words(places.ROWS_LABELS, (words) => cpu.load(labels, words, lanes));
        cpu.zero(j);
        cpu.zero(atLabel);
        powers(parts, rows, L, (p, shifted) => {
          const isLabel = cpu.mask("label");
          code.vpcmpeqd(isLabel, labels, j);
          code.vpaddd(j, j, cpu.constantBits(1));
          cpu.select(atLabel, isLabel, shifted, atLabel);
          // ∂Cᵢ/∂zⱼ = pⱼ − yⱼ
          cpu.fill(y, 1);
          cpu.keep(y, isLabel, y);
          code.vsubps(p, p, y);
          registers.free(isLabel);
        });
        rows.write(places.ROWS_OUT);
        // Cᵢ = L − (z_y − M)
        code.vsubps(L, L, atLabel);
        rows.words(places.ROWS_LOSSES, (words) => cpu.store(words, L, lanes));
        registers.free(L, labels, j, atLabel, y);
      });
    }),
};

/** Each column becomes zⱼ − M. Returns a register with L. */
function shiftAndSum(parts: TileParts, rows: RowGroups): Vec {
  const { code, cpu, registers, args } = parts;
  const [most, value, power, sum] = registers.vecs("softmax", 4) as [Vec, Vec, Vec, Vec];
  // M = max zₖ. Of a column and M, where one is NaN, this keeps M.
  cpu.load(most, at(args.scratch));
  rows.eachColumn((column) => {
    cpu.load(value, column);
    code.vmaxps(most, value, most);
  });
  cpu.zero(sum);
  rows.eachColumn((column) => {
    cpu.load(value, column);
    code.vsubps(value, value, most);
    cpu.store(column, value);
    exp(parts, power, value, true);
    code.vaddps(sum, sum, power);
  });
  const L = registers.vec("L");
  log(parts, L, sum);
  registers.free(most, value, power, sum);
  return L;
}

/** Each column zⱼ − M becomes pⱼ; `more` writes what is then done to it. No zⱼ − M is above 0, and no L below. */
function powers(parts: TileParts, rows: RowGroups, L: Vec, more?: (p: Vec, shifted: Vec) => void): void {
  const { code, cpu, registers } = parts;
  const [shifted, value, p] = registers.vecs("power", 3) as [Vec, Vec, Vec];
  rows.eachColumn((column) => {
    cpu.load(shifted, column);
    // pⱼ = exp((zⱼ − M) − L)
    code.vsubps(value, shifted, L);
    exp(parts, p, value, true);
    more?.(p, shifted);
    cpu.store(column, p);
  });
  registers.free(shifted, value, p);
}
