/** inkling-native: machine code for x86-64, written by TypeScript, for the library's kernels. */
export { type Assembler, assembler } from "./assembler/assembler.ts";
export type { Lanes } from "./assembler/emit.ts";
export type { Condition } from "./assembler/integers.ts";
export { at, type Label, type Memory, type Scale } from "./assembler/memory.ts";
export * from "./assembler/registers.ts";
export { type Predicate, predicates } from "./assembler/vectors.ts";
export { AssemblyError } from "./errors.ts";
