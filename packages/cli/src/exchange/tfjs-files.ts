/** A tfjs model on the disk: its model.json, and the shards beside it, none of them from elsewhere. */
import { decodeTfjs } from "inkling/formats";
import { buildLoss, completed, fields } from "inkling/presets";
import { flagOf } from "../configuring.ts";
import { readerBeside } from "./beside.ts";
import { checkNoWords, type Given, type Imported } from "./import-words.ts";
import { normalized } from "./normalizing.ts";
import { shapeFrom } from "./state-dict.ts";

/** Reads a model.json with its shards. Throws a ModelFileError for one that is not in its directory. */
export async function readTfjs(text: string, { path, name, words, backend }: Given): Promise<Imported> {
  checkNoWords(words, name, ["input", "loss", "normalize"]);
  const readShard = await readerBeside(path, name);
  const loss = words.loss === undefined ? undefined : fields.loss.parse(words.loss);
  const { model, notes } = await decodeTfjs(text, readShard, {
    ...{ name, backend },
    ...(words.input !== undefined && { input: shapeFrom(words.input) }),
    ...(loss !== undefined && { loss: buildLoss(completed({ loss: loss as never }, flagOf)) }),
  });
  return normalized({ model, notes, format: "a layers model of tfjs" }, words.normalize);
}
