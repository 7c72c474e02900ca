/**
 * Slots: places of 64 bits for what registers have no room for. They stand below the stack, where a function that calls
 * no other may use 128 bytes.
 */
import { at, type Memory } from "../assembler/memory.ts";
import { rsp } from "../assembler/registers.ts";
import { AssemblyError } from "../errors.ts";

const MOST = 128 / 8;

/** Slots with these names; those of `others` are taken. Throws an AssemblyError where they are more than sixteen. */
export function slots<const Name extends string>(
  names: readonly Name[],
  others: Readonly<Record<string, Memory>> = {},
): Readonly<Record<Name, Memory>> {
  const taken = Object.keys(others).length;
  if (taken + names.length > MOST) throw new AssemblyError("slots", `at most ${MOST}`, `${taken + names.length}`);
  const places = names.map((name, i) => [name, at(rsp, -8 * (taken + i + 1))]);
  return Object.fromEntries(places) as Record<Name, Memory>;
}
