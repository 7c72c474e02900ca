/** A kernel: a function whose body is written once, for registers of 256 and of 512 bits. */
import { type FunctionParts, type Signature, systemV } from "./function.ts";
import { LaneCode, type Level } from "./lanes.ts";

/** What the body of a kernel is written with. */
export interface KernelParts<Name extends string> extends FunctionParts<Name> {
  /** What the two instruction sets do in different ways. */
  readonly cpu: LaneCode;
}

/** The bytes of a kernel at this level: a System V function with these parameters, at most six. */
export function kernel<const Name extends string>(
  level: Level,
  parameters: Signature<Name>,
  body: (parts: KernelParts<Name>) => void,
): Uint8Array {
  const width = level === "avx512" ? 512 : 256;
  return systemV(parameters, width, (parts) =>
    body({ ...parts, cpu: new LaneCode(level, parts.code, parts.registers) }),
  );
}
