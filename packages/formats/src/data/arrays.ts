/** NumPy's arrays: NPY and NPZ. The library says what they mean; the archive is unpacked here. */
import { ArgumentError, Dataset } from "inkling";
import { datasetFromNpy, datasetFromNpz, isNpy } from "inkling/formats";
import { unzip } from "../archives/index.ts";
import { type FileFormat, type ReadOptions, refuseAnswersFile } from "./format.ts";
import type { FileSource } from "./source.ts";

/** One array: examples, with their answers in a file of their own (`labels`) or in a column of a table. */
export const npy: FileFormat = {
  what: "an NPY file",
  recognises: ({ head }) => isNpy(head),
  async read(source, options) {
    const { labels, label, spelled = (option: string) => option } = options;
    if (labels !== undefined && label !== undefined) {
      throw new ArgumentError(spelled("label"), `the answers once, from ${spelled("labels")} or a column`, "both");
    }
    const examples = { bytes: await source.bytes(), name: source.name };
    const only = datasetFromNpy(source.name, examples, labels, arrayOptions(options));
    if (options.needsLabel && only.task === undefined) {
      const advice = "Name a file of answers, or the column of a table by its index.";
      throw new ArgumentError(spelled("labels"), `answers for ${source.name}`, "none", advice);
    }
    return {
      only,
      label: label === undefined || labels !== undefined ? undefined : `column ${Number(/\d+$/.exec(label))}`,
    };
  },
};

/** Several arrays by their names. */
export const npz: FileFormat = {
  what: "an NPZ file",
  recognises: ({ head }) => head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03 && head[3] === 0x04,
  async read(source, options) {
    refuseAnswersFile(options, "an NPZ file, which has its answers in it");
    const { label, spelled = (option: string) => option } = options;
    if (label !== undefined && options.columnNames === undefined) {
      throw new ArgumentError(spelled("label"), "a table, whose columns have names", `arrays (${source.name})`);
    }
    const found = datasetFromNpz(source.name, await unzipped(source), arrayOptions({ ...options, label: undefined }));
    return found instanceof Dataset ? { only: found, label: undefined } : found;
  },
};

async function unzipped(source: FileSource): Promise<Map<string, Uint8Array>> {
  return unzip(await source.bytes(), source.name);
}

function arrayOptions({ label, task, classes, classNames, columnNames }: ReadOptions) {
  return { label, task, classes, classNames, columnNames };
}
