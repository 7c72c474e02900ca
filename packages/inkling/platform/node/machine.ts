/** Machine code for wide registers: the package inkling-native, where it is installed and runs. */
import { type InstructionSet, type MachineCode, SEAM_VERSION } from "../../src/backends/kernels.ts";

/** What inkling-native exports. It is looked for when it is needed, so the library does not depend on it. */
interface NativePackage {
  readonly seamVersion: number;
  machineCode(instructions?: InstructionSet): Promise<MachineCode | string>;
}

/** A bundler shall not look for it. */
const NAME = "inkling-native";

/** Machine code for this CPU, or the sentence that says why there is none. */
export async function machineCode(instructions?: InstructionSet): Promise<MachineCode | string> {
  let native: NativePackage;
  try {
    native = (await import(NAME)) as NativePackage;
  } catch (error) {
    const isMissing = error instanceof Error && error.message.includes(NAME);
    return isMissing ? `the package ${NAME} is not installed` : `the package ${NAME} cannot be loaded: ${error}`;
  }
  if (native.seamVersion !== SEAM_VERSION) {
    return `the package ${NAME} is made for version ${native.seamVersion} of the kernels' interface, not ${SEAM_VERSION}`;
  }
  return native.machineCode(instructions);
}
