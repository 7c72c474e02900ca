/**
 * The count of hits: packages/inkling/kernels/rows.ts. A hit is a row whose largest number, the first of several,
 * stands in the column that the label names. A lane is a row, a tile a block of rows.
 */
import { at } from "../assembler/memory.ts";
import type { Vec } from "../assembler/registers.ts";
import { layout, loadAddress, type NativeKernel, places, tileCode } from "./kernel.ts";
import { formOfRows, RowGroups } from "./rows.ts";

export const countHits: NativeKernel = {
  operation: layout.COUNT_HITS,
  formOf: formOfRows,
  write: (level) =>
    tileCode(level, (parts) => {
      const { code, cpu, registers, args } = parts;
      const rows = new RowGroups(parts, layout.BLOCK);
      const [hits, count] = [registers.gpr("hits"), registers.gpr("hits of a group")];
      code.mov(hits.dword, 0);
      rows.each((lanes) => {
        rows.read(places.ROWS_IN);
        const [value, most, j, best] = registers.vecs("hits", 4) as [Vec, Vec, Vec, Vec];
        const chosen = cpu.mask("chosen");
        cpu.load(most, at(args.scratch));
        cpu.zero(best);
        cpu.zero(j);
        rows.eachColumn((column) => {
          cpu.load(value, column);
          cpu.compare(chosen, value, most, "GT_OQ");
          cpu.select(most, chosen, value, most);
          cpu.select(best, chosen, j, best);
          code.vpaddd(j, j, cpu.constantBits(1));
        });
        rows.words(places.ROWS_LABELS, (words) => cpu.load(j, words, lanes));
        code.vpcmpeqd(chosen, best, j);
        cpu.countLanes(count, chosen, lanes);
        code.add(hits, count);
        registers.free(value, most, j, best, chosen);
      });
      loadAddress(parts, count, places.ROWS_OUT);
      code.mov(at(count, 0, args.tile, 4), hits.dword);
    }),
};
