/** Four vectors, turned: in each lane group of 128 bits, four rows of four numbers become four columns. */
import type { Memory } from "../assembler/memory.ts";
import type { Vec } from "../assembler/registers.ts";
import type { TileParts } from "./kernel.ts";

export type Four = [Vec, Vec, Vec, Vec];

/** The 128 bits of a lane group = four numbers in memory. */
export function insert({ code, cpu }: TileParts, vector: Vec, group: number, from: Memory): void {
  if (group === 0) code.vmovups(vector.as(128), from);
  else if (cpu.level === "avx512") code.vinsertf32x4(vector, vector, from, group);
  else code.vinsertf128(vector, vector, from, group);
}

/** Four numbers in memory = the 128 bits of a lane group. */
export function extract({ code, cpu }: TileParts, to: Memory, vector: Vec, group: number): void {
  if (group === 0) code.vmovups(to, vector.as(128));
  else if (cpu.level === "avx512") code.vextractf32x4(to, vector, group);
  else code.vextractf128(to, vector, group);
}

/** In each lane group, four rows of four columns become four columns of four rows, or the other way round. */
export function transpose({ code }: TileParts, t: Four, u: Four): void {
  code.vunpcklps(u[0], t[0], t[1]);
  code.vunpckhps(u[1], t[0], t[1]);
  code.vunpcklps(u[2], t[2], t[3]);
  code.vunpckhps(u[3], t[2], t[3]);
  code.vunpcklpd(t[0], u[0], u[2]);
  code.vunpckhpd(t[1], u[0], u[2]);
  code.vunpcklpd(t[2], u[1], u[3]);
  code.vunpckhpd(t[3], u[1], u[3]);
}
