/** JPEG pictures by jpeg-js: baseline and progressive, grey and colour, turned as the camera was held. */
import { InklingError } from "inkling";
import type { Picture } from "inkling/pictures";
import jpeg from "jpeg-js";
import { upright } from "./exif.ts";
import { readSegments } from "./jpeg-segments.ts";
import { damaged, type PictureLimits } from "./limits.ts";

/** What the decoder may take, in millions of bytes: enough for every picture within the limits, at any sampling. */
const MOST_MEGABYTES = 1500;

/**
 * A JPEG file as a picture: grey or RGB, the way up that Exif says. Throws a DataError for a file that is damaged,
 * larger than the limits, or of a kind that the decoder does not have.
 */
export function decodeJpeg(bytes: Uint8Array, name: string, limits: PictureLimits = {}): Picture {
  const { width, height, components, orientation, isRgb } = readSegments(bytes, name, limits);
  try {
    const { data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: (width * height) / 1e6 + 1,
      maxMemoryUsageInMB: MOST_MEGABYTES,
      ...(isRgb && { colorTransform: false }),
    });
    const channels = components === 1 ? 1 : 3;
    // Of a grey picture the decoder gives each grey three times.
    const pixels = channels === 3 ? data : everyThird(data);
    return upright({ width, height, channels, pixels }, orientation);
  } catch (error) {
    if (error instanceof InklingError) throw error;
    throw damaged(name, "JPEG", error);
  }
}

function everyThird(values: Uint8Array): Uint8Array {
  const thirds = new Uint8Array(values.length / 3);
  for (let i = 0; i < thirds.length; i++) thirds[i] = values[3 * i] ?? 0;
  return thirds;
}
