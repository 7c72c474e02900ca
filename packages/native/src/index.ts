/**
 * inkling-native: machine code for x86-64, written by TypeScript, for the library's kernels. First what runs code, then
 * what writes it.
 */
export { askCpu, type CpuAnswers, type Detected, detect, judge } from "./detection.ts";
export {
  isUnavailable,
  type NativeFunction,
  openSystem,
  type System,
  type Unavailable,
} from "./koffi.ts";
// The functions of float32, as code.
export { exp, log, sigmoid, tanh } from "./kernels/float32.ts";
// What the library asks for: inkling/kernels.
export { machineCode, seamVersion } from "./machine.ts";
export { CODE_LIMIT, mappedBytes, placeCode } from "./pages.ts";
// Writing kernels.
export { type KernelParts, kernel } from "./assembler/kernel.ts";
export { LaneCode, type LaneMask, type Level } from "./assembler/lanes.ts";
export { loop, when } from "./assembler/flow.ts";
export { type FunctionParts, type Parameter, type Signature, systemV } from "./assembler/function.ts";
export { Registers } from "./assembler/pool.ts";
export { at, type Label, type Memory, type Scale } from "./assembler/memory.ts";
export * from "./assembler/registers.ts";
// The assembler itself.
export { type Assembler, assembler } from "./assembler/assembler.ts";
export type { Lanes } from "./assembler/emit.ts";
export type { Condition } from "./assembler/integers.ts";
export { type Predicate, predicates } from "./assembler/vectors.ts";
export { AssemblyError } from "./errors.ts";
