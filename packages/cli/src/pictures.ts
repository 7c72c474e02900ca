/** The options that say what pictures of folders and Parquet files become, and what they are for a model. */
import type { Command } from "commander";
import { ArgumentError, type Dataset } from "inkling";
import type { ReadOptions } from "inkling-formats/data";
import type { Model } from "./model.ts";

export interface PictureFlags {
  readonly size?: string;
  readonly channels?: string;
}

type Pictures = Pick<ReadOptions, "size" | "channels">;

/** Declares --size and --channels. */
export function addPictureOptions(command: Command): Command {
  return command
    .option("--size <WxH>", "width and height in which pictures of a folder or a Parquet file are learnt, as 28x28")
    .option("--channels <kind>", "grey or colour; if absent grey where all pictures are");
}

/** What --size and --channels mean. Throws an ArgumentError. */
export function picturesFrom({ size, channels }: PictureFlags): Pictures {
  return {
    ...(size !== undefined && { size: sizeFrom(size) }),
    ...(channels !== undefined && { channels: channelsFrom(channels) }),
  };
}

function sizeFrom(word: string): [number, number] {
  const [, width = 0, height = 0] = (/^(\d{1,4})[x×](\d{1,4})$/i.exec(word.trim()) ?? []).map(Number);
  if (width >= 1 && width <= 4096 && height >= 1 && height <= 4096) return [width, height];
  throw new ArgumentError("--size", "width and height from 1 to 4096, as 28x28", JSON.stringify(word));
}

function channelsFrom(word: string): 1 | 3 {
  if (/^gr[ea]y$/i.test(word)) return 1;
  if (/^colou?rs?$/i.test(word)) return 3;
  throw new ArgumentError("--channels", "grey or colour", JSON.stringify(word));
}

/** Throws an ArgumentError where --size or --channels was given and the data are no pictures that obey it. */
export function checkObeyed({ size, channels }: PictureFlags, { name, shape }: Dataset): void {
  const wanted = picturesFrom({ ...(size !== undefined && { size }), ...(channels !== undefined && { channels }) });
  const expected = "a folder of pictures, or a Parquet file with some";
  const got = `${name}, ${shape.length === 3 ? `images of ${shape.join(" × ")}` : "a table"}`;
  if (wanted.size !== undefined && (shape[1] !== wanted.size[0] || shape[0] !== wanted.size[1] || shape.length !== 3)) {
    throw new ArgumentError("--size", expected, got);
  }
  if (wanted.channels !== undefined && shape[2] !== wanted.channels)
    throw new ArgumentError("--channels", expected, got);
}

/** Pictures as examples of this shape: other pictures become what those were that a model has learnt. */
export function picturesLike({
  shape,
  classNames,
  classes = 0,
}: Pick<Dataset, "shape"> & Partial<Dataset>): Pictures & Pick<ReadOptions, "classNames" | "classes"> {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined) return {};
  const names = classNames ? { classNames } : classes > 0 && { classes };
  return { size: [width, height], ...((channels === 1 || channels === 3) && { channels }), ...names };
}

/** Pictures as a model takes them. */
export function picturesFor({ inputShape }: Model): Pictures {
  return picturesLike({ shape: inputShape });
}
