/** Machine code for wide registers: the package inkling-native, where it is installed and runs. */
import { isMainThread } from "node:worker_threads";
import { type InstructionSet, type MachineCode, SEAM_VERSION } from "../../src/backends/kernels.ts";

/** What inkling-native exports. It is looked for when it is needed, so the library does not depend on it. */
interface NativePackage {
  readonly seamVersion: number;
  machineCode(instructions?: InstructionSet): Promise<MachineCode | string>;
}

/** A bundler shall not look for it. */
const NAME = "inkling-native";

/** The package that an import did not find, in the words of Node, Bun and Deno. */
const NOT_FOUND = /(?:Cannot find|Could not find)(?: package| module)? ['"]([^'"]+)['"]/;

/** Machine code for this CPU, or the sentence that says why there is none. */
export async function machineCode(instructions?: InstructionSet): Promise<MachineCode | string> {
  // A worker can be ended at any time. If it is just loading an addon, Node 20 ends the whole process.
  if (!isMainThread) return "it is for the main thread alone";
  try {
    return await codeOfPackage(instructions);
  } catch (error) {
    const [, missing] = NOT_FOUND.exec(String(error)) ?? [];
    return missing === NAME ? `the package ${NAME} is not installed` : `the package ${NAME} cannot be used: ${error}`;
  }
}

async function codeOfPackage(instructions: InstructionSet | undefined): Promise<MachineCode | string> {
  const native = (await import(NAME)) as NativePackage;
  if (native.seamVersion !== SEAM_VERSION) {
    return `the package ${NAME} is made for version ${native.seamVersion} of the kernels' interface, not ${SEAM_VERSION}`;
  }
  return native.machineCode(instructions);
}
