/**
 * For packages of machine code: the seam, and what kernels and their callers agree on. The entry inkling/kernels. It
 * has a version number of its own, SEAM_VERSION; nothing here is meant for other programs.
 */

export * as args from "../../kernels/arguments.ts";
export * as layout from "../../kernels/layout.ts";
export type { InstructionSet } from "./choose.ts";
export { type CodeAddress, type MachineCode, type RunTiles, SEAM_VERSION } from "./fast/machine.ts";
export type { MachineThread } from "./fast/threads.ts";
