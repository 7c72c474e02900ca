/** Saving a model, whatever happens to the disk or to the program. */
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError } from "inkling";
import { writeWhole } from "inkling/node";
import { printable } from "../printable.ts";

/**
 * Saves a model where it was to go. If that place has gone meanwhile, where there is one, and says so. `makeRoom` is
 * asked where the disk is full.
 */
export async function saveSomewhere(
  bytes: Uint8Array,
  out: string,
  makeRoom: () => Promise<boolean> = async () => false,
): Promise<string> {
  try {
    await writeWhole(out, bytes);
    return out;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    // Once: then there is nothing more to take away.
    if (error.got === "a full disk" && (await makeRoom())) return saveSomewhere(bytes, out);
    const refuge = join(tmpdir(), `inkling-${process.pid}.safetensors`);
    // Where that fails too, it is the first place that has to be said.
    await writeWhole(refuge, bytes).catch(() => Promise.reject(error));
    console.error(printable(`${error.message} The model is in ${refuge} instead.`));
    process.exitCode = 2;
    return refuge;
  }
}

/** Whether there is a file that a model saved there will take the place of. */
export async function isTaken(out: string): Promise<boolean> {
  return (await stat(out).catch(() => undefined))?.isFile() === true;
}

const remarks = new WeakMap<object, string>();

/** An error that came once a model was saved: notes where the model is, for the sentence that is printed. */
export function withRemark(error: unknown, remark: string): unknown {
  if (typeof error === "object" && error !== null) remarks.set(error, remark);
  return error;
}

/** What was noted of an error, as the end of its sentence. */
export function remarkOf(error: unknown): string {
  const remark = typeof error === "object" && error !== null ? remarks.get(error) : undefined;
  return remark === undefined ? "" : ` ${remark}`;
}
