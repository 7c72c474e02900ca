/** A single picture among the formats of files: one example without a label. */
import { DataError, Dataset } from "inkling";
import { looksLikePicture } from "../images/kinds.ts";
import type { FileFormat } from "./format.ts";

/** The largest file that is read: 2²⁹ bytes. */
const MOST_BYTES = 2 ** 29;

export const picture: FileFormat = {
  what: "a PNG or JPEG picture",
  recognises: ({ head }) => looksLikePicture(head),
  async read({ name, bytes }, { size, channels, limits, needsLabel = false }) {
    // Loaded when there is a picture to read.
    const { decodePicture, fitted } = await import("../images/index.ts");
    const found = await decodePicture(await bytes(MOST_BYTES), name, limits);
    if (needsLabel)
      throw new DataError(
        name,
        "pictures with labels",
        "one picture",
        "Name a folder with a subfolder for each class.",
      );
    const { width, height, channels: depth, pixels } = fitted(found, size, channels);
    return {
      only: new Dataset({ name, shape: [height, width, depth], inputs: pixels }),
      label: undefined,
      paths: [name],
    };
  },
};
