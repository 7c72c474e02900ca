/** The formats of `inkling export`: of each what it is for, what its file is called, and what writes it. */
import { basename } from "node:path";
import type { Ensemble, Network } from "inkling";
import {
  encodeEnsemble,
  encodeJson,
  encodeModel,
  encodeModule,
  encodeNpz,
  encodeTensors,
  npyEntries,
  torchFileOf,
} from "inkling/formats";
import { zip } from "inkling-formats/archives";
import type { Model } from "../model.ts";
import { writeOnnx } from "./onnx-files.ts";

/** How tensors are named and arranged: as in our model files, or as in PyTorch's state dicts. */
export type Layout = "inkling" | "torch";

/** What an export has made. */
export interface Exported {
  /** The file that was asked for first. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** What its reader should know: a title and a sentence, or lines of code. */
  readonly notes: readonly (readonly [title: string, text: string])[];
  /** What --json says besides. */
  readonly more?: object;
}

export interface ExportOptions {
  readonly layout: Layout;
  readonly out: string;
  /** Of ONNX: what stands for a pixel. */
  readonly pixels: string | undefined;
}

export interface ExportFormat {
  /** For the help. */
  readonly what: string;
  readonly layouts: readonly Layout[];
  /** How the file's name ends if none is named. */
  readonly extension: (layout: Layout) => string;
  /** Whether an ensemble is written whole; if not, it is never given one. */
  readonly takesEnsembles: (layout: Layout) => boolean;
  readonly write: (model: Model, options: ExportOptions) => Promise<Exported>;
}

/** By the name of --format. */
export const exportFormats: Readonly<Record<string, ExportFormat>> = {
  safetensors: {
    what: "the tensors, for Python and Rust; with --layout torch a state dict for PyTorch",
    layouts: ["inkling", "torch"],
    extension: (layout) => (layout === "torch" ? ".torch.safetensors" : ".export.safetensors"),
    takesEnsembles: (layout) => layout === "inkling",
    async write(model, { layout, out }) {
      if (layout === "torch") return torchSafetensors(model as Network, out);
      const bytes = await ("members" in model ? encodeEnsemble(model as Ensemble) : encodeModel(model as Network));
      return one(out, bytes, "safetensors.numpy.load_file reads it: layers.0.weights is (inputs, outputs).");
    },
  },
  npz: {
    what: "the tensors, for NumPy; with --layout torch a state dict for PyTorch",
    layouts: ["inkling", "torch"],
    extension: (layout) => (layout === "torch" ? ".torch.npz" : ".npz"),
    takesEnsembles: (layout) => layout === "inkling",
    async write(model, { layout, out }) {
      if (layout === "torch") return torchNpz(model as Network, out);
      const text = "numpy.load reads it: layers.0.weights is (inputs, outputs), inkling.json holds the rest as text.";
      return one(out, await zip(await encodeNpz(model)), text);
    },
  },
  json: {
    what: "all of it as one JSON text that any language reads; no bit is lost",
    layouts: ["inkling"],
    extension: () => ".json",
    takesEnsembles: () => true,
    async write(model, { out }) {
      return one(out, new TextEncoder().encode(await encodeJson(model)), "inkling import reads it back, bit for bit.");
    },
  },
  module: {
    what: "one JavaScript file with its types, for web pages, Node, Deno and Bun: weights inside, predict(example)",
    layouts: ["inkling"],
    extension: () => ".js",
    takesEnsembles: () => true,
    async write(model, { out }) {
      const { code, types } = await encodeModule(model, { name: basename(out) });
      const typesPath = `${out.replace(/\.(m?)js$/, "")}.d.${out.endsWith(".mjs") ? "mts" : "ts"}`;
      const files = [
        [out, code],
        [typesPath, types],
      ] as const;
      return {
        files: files.map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
        notes: [["Using it", usingIt(model, basename(out))]],
      };
    },
  },
  onnx: {
    what: "for ONNX Runtime and everything that runs ONNX: phones, browsers, C#, Rust; the scaling is inside",
    layouts: ["inkling"],
    extension: () => ".onnx",
    takesEnsembles: () => true,
    write: (model, { out, pixels }) => writeOnnx(model, out, pixels),
  },
};

/** Code that can be pasted. */
function usingIt({ inputs, loss }: Model, name: string): string {
  const result = loss.task === "classes" ? "{ label, probabilities }" : "{ values }";
  return `import { predict } from ${JSON.stringify(`./${name}`)};\nconst ${result} = predict(example); // ${inputs} numbers\n`;
}

function one(path: string, bytes: Uint8Array, text: string): Exported {
  return { files: [{ path, bytes }], notes: [["Reading", text]] };
}

type Texts = Readonly<Record<string, string>>;

async function torchSafetensors(model: Network, out: string): Promise<Exported> {
  const file = await torchFileOf(model);
  const load = "from safetensors.torch import load_file";
  return {
    files: [{ path: out, bytes: encodeTensors(file) }],
    ...torchNotes(file.metadata, [load], `load_file(${JSON.stringify(out)})`),
  };
}

async function torchNpz(model: Network, out: string): Promise<Exported> {
  const file = await torchFileOf(model);
  const state = `{k: torch.from_numpy(v) for k, v in numpy.load(${JSON.stringify(out)}).items()}`;
  const comment = commentOf(file.metadata);
  return {
    files: [{ path: out, bytes: await zip(npyEntries(file.tensors), { comment }) }],
    ...torchNotes(file.metadata, ["import numpy"], state),
  };
}

/** The longest comment of a zip archive, in bytes. */
const MOST_COMMENT = 65_535;

/**
 * An NPZ's texts. Every entry of the archive would be a tensor to `load_state_dict`, so they are the archive's comment.
 * Where that has no room for all of them, the longest that PyTorch does not need are left out.
 */
function commentOf(metadata: Texts): string {
  const texts = { ...metadata };
  const optional = ["inkling.training", "inkling.roles", "torch.inputs", "torch.outputs", "inkling.architecture"];
  for (const name of optional) {
    const text = JSON.stringify(texts);
    if (new TextEncoder().encode(text).length <= MOST_COMMENT) return text;
    delete texts[name];
  }
  const last = JSON.stringify({ "torch.model": texts["torch.model"] });
  return last.length <= MOST_COMMENT ? last : "";
}

/** How Python loads a state dict, as code that can be pasted. */
function torchNotes(texts: Texts, imports: readonly string[], state: string): Omit<Exported, "files"> {
  const { "torch.model": model = "", "torch.prelude": prelude, "torch.inputs": inputs = "" } = texts;
  const lines = [
    "import torch",
    "from torch import nn",
    ...imports,
    "",
    ...(prelude === undefined ? [] : ["", prelude.trimEnd(), "", ""]),
    `model = ${broken(model)}`,
    `model.load_state_dict(${state})`,
    "model.eval()",
    "",
    "# rows: a NumPy array with one example a row",
    ...inputs.trimEnd().split("\n").map(shortLine),
    "z = model(x)",
    ...(texts["torch.outputs"] ?? "").trimEnd().split("\n").map(shortLine),
  ];
  return { notes: [["Loading it in Python", `${lines.join("\n")}\n`]], more: { torch: model } };
}

/** An nn.Sequential(…) with one module a line. */
function broken(model: string): string {
  const modules: string[] = [];
  const inside = /^nn\.Sequential\((.*)\)(\.double\(\))?$/s.exec(model);
  let depth = 0;
  let from = 0;
  const text = inside?.[1] ?? "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")") depth--;
    if (text.startsWith(", ", i) && depth === 0) {
      modules.push(text.slice(from, i));
      from = i + 2;
    }
  }
  modules.push(text.slice(from));
  return `nn.Sequential(\n${modules.map((module) => `    ${module},\n`).join("")})${inside?.[2] ?? ""}`;
}

/** The numbers of a scaling may be hundreds: the file's metadata has them all. */
function shortLine(line: string): string {
  return line.length <= 200 ? line : `${line.slice(0, 160)} …  # whole in the file's metadata`;
}
