/** The assembler: one object that writes integer and vector instructions into one piece of code. */
import { IntegerCode } from "./integers.ts";
import { type VectorInstructions, vectorInstructions } from "./vectors.ts";

export type Assembler = IntegerCode & VectorInstructions;

/** A new, empty piece of code. */
export function assembler(): Assembler {
  const code = new IntegerCode();
  return Object.assign(code, vectorInstructions(code));
}
