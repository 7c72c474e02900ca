/** Files that belong to another one and lie beside it: shards, tensors. */
import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { ModelFileError } from "inkling";
import { readWhole } from "inkling/node";

/**
 * Reads files beside the one at `path`, which errors call `name`, by their names in it. Throws a ModelFileError for one
 * that leads out of its directory.
 */
export async function readerBeside(path: string, name: string): Promise<(other: string) => Promise<Uint8Array>> {
  const home = await realpath(dirname(path));
  return async (other) => {
    const file = join(home, other);
    // A link may lead anywhere.
    const place = await realpath(file).catch(() => file);
    if (!place.startsWith(home.endsWith(sep) ? home : home + sep)) {
      throw new ModelFileError(name, "files beside it", `${other}, which leads elsewhere`, "Nothing was loaded.");
    }
    return readWhole(file);
  };
}
