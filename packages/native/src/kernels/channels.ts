/**
 * Channels in lanes: those of a pixel stand side by side. A vector has as many as the registers have lanes, or eight
 * where there are no more; the last one of a pixel may have lanes that are no channels.
 */
import type { LaneMask, Level } from "../assembler/lanes.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { argument, type TileParts } from "./kernel.ts";

/** Fewer channels leave most lanes empty: WebAssembly, with four lanes, computes them. */
const FEW = 5;
const EIGHT = 8;

/** The form for so many channels: 2 for vectors wider than eight, 1 for lanes that are no channels; −1 for WebAssembly. */
export function channelForm(channels: number, level: Level): number {
  if (channels < FEW) return -1;
  const isWide = channels > EIGHT && level === "avx512";
  return (isWide ? 2 : 0) + (channels % (isWide ? 2 * EIGHT : EIGHT) === 0 ? 0 : 1);
}

const widthOf = ({ cpu }: TileParts, form: number) => (form < 2 ? 256 : cpu.width);

/** So many vectors of channels. */
export function channelVectors(parts: TileParts, form: number, name: string, count: number): Vec[] {
  return parts.registers.vecs(name, count).map((vec) => vec.as(widthOf(parts, form)));
}

/** A pixel's vector of channels: bytes of the channels before it, and which lanes are channels (all, if absent). */
export interface Channels {
  readonly before: Gpr;
  readonly mask: LaneMask | undefined;
}

/** Writes what is done to each vector of a pixel's channels; their number is in an argument. */
export function eachChannels(parts: TileParts, form: number, count: number, body: (channels: Channels) => void): void {
  const { code, cpu, registers } = parts;
  const lanes = widthOf(parts, form) / 32;
  const [before, left] = [registers.gpr("channels before"), registers.gpr("channels left")];
  code.mov(before.dword, 0);
  code.mov(left.dword, argument(parts, count));
  const next = code.label("next channels");
  code.place(next);
  const mask = form % 2 === 1 ? cpu.firstLanes("channels", left) : undefined;
  body({ before, mask });
  if (mask !== undefined) registers.free(mask);
  code.add(before, 4 * lanes);
  code.sub(left, lanes);
  code.cmp(left, 0);
  code.jcc("g", next);
  registers.free(before, left);
}
