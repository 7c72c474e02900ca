/** A picture from the bytes of a file, whatever its name says: PNG or JPEG. */
import { ArgumentError } from "inkling";
import type { Picture } from "inkling/pictures";
import { decodeJpeg } from "./jpeg.ts";
import { pictureKind, refuseKind } from "./kinds.ts";
import type { PictureLimits } from "./limits.ts";
import { decodePng } from "./png.ts";

/**
 * The picture in a PNG or JPEG file. `name` is what errors call it. Throws a DataError for another kind of file, which
 * it names, for one that is damaged, and for one with more pixels than the limits allow.
 *
 * @example
 * const { width, height, channels, pixels } = await decodePicture(bytes, "photo.jpg");
 */
export async function decodePicture(bytes: Uint8Array, name: string, limits: PictureLimits = {}): Promise<Picture> {
  if (!(bytes instanceof Uint8Array)) throw new ArgumentError("decodePicture", "the bytes of a file", typeof bytes);
  const kind = pictureKind(bytes);
  if (kind === undefined) return refuseKind(bytes, name);
  return kind === "png" ? decodePng(bytes, name, limits) : decodeJpeg(bytes, name, limits);
}
