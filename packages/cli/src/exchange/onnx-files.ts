/** ONNX on the disk: one file, and where another program put tensors into files of their own, those beside it. */
import { ArgumentError } from "inkling";
import { fields } from "inkling/presets";
import { decodeOnnx, encodeOnnx, externalFiles, type LossChoice, type PixelUnits } from "inkling-formats/onnx";
import type { Model } from "../model.ts";
import { readerBeside } from "./beside.ts";
import type { Exported } from "./export-formats.ts";
import { checkNoWords, type Given, type Imported } from "./import-words.ts";
import { normalizationFrom } from "./normalizing.ts";
import { shapeFrom } from "./state-dict.ts";

/** The model as ONNX, and how Python runs it. */
export async function writeOnnx(model: Model, out: string, pixels: string | undefined): Promise<Exported> {
  const { bytes, notes } = await encodeOnnx(model, pixels === undefined ? {} : { pixels: pixelsFrom(pixels) });
  const input = model.inputShape.length === 3 ? "image" : "features";
  const shape = ["N", ...model.inputShape].join(" x ");
  const lines = [
    "import onnxruntime",
    "",
    `session = onnxruntime.InferenceSession(${JSON.stringify(out)})`,
    `# x: float32, ${shape}`,
    `found = session.run(None, {"${input}": x})`,
    "print([output.name for output in session.get_outputs()], found)",
  ];
  return {
    files: [{ path: out, bytes }],
    notes: [...notes.map((note) => ["Note", note] as const), ["Running it in Python", `${lines.join("\n")}\n`]],
  };
}

function pixelsFrom(word: string): PixelUnits {
  if (word === "bytes" || word === "numbers") return word;
  throw new ArgumentError("--pixels", "bytes or numbers", JSON.stringify(word));
}

/** Reads an ONNX file with the files that it names. Throws a ModelFileError for one that is not in its directory. */
export async function readOnnx({ path, name, bytes, words, backend }: Given): Promise<Imported> {
  checkNoWords(words, name, ["input", "loss", "normalize", "pixels", "output"]);
  const { input, loss, normalize, pixels, output } = words;
  const external = new Map<string, Uint8Array>();
  const readBeside = await readerBeside(path, name);
  for (const other of externalFiles(bytes, name)) external.set(other, await readBeside(other));
  const { model, notes } = await decodeOnnx(bytes, {
    ...{ name, backend, external },
    ...(input !== undefined && { inputShape: shapeFrom(input) }),
    ...(loss !== undefined && { loss: fields.loss.parse(loss) as LossChoice }),
    ...(normalize !== undefined && { normalization: normalizationFrom(normalize) }),
    ...(pixels !== undefined && { pixels: pixelsFrom(pixels) }),
    ...(output !== undefined && { output }),
  });
  return { model, notes: notes.map(withOption), format: "ONNX" };
}

/** A guess with the option that corrects it. */
function withOption(note: string): string {
  if (note.startsWith("The graph was taken to expect")) return `${note} --pixels and --normalize say it.`;
  return note.startsWith("The file names no loss") ? `${note} --loss says it.` : note;
}
