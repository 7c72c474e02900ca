/**
 * A picture as the input of a model: its size and its channels.
 *
 *   size      by area average, the sides independently: another shape is stretched, nothing is cut off or filled up
 *   channels  1: grey; 3: red, green, blue. What is transparent shows white paper
 *
 * Size and channels are those of the model's input, so that a prediction repeats what training did.
 */
import { type Picture, resize, toGrey } from "inkling/pictures";

/** Width and height in pixels. */
export type Size = readonly [width: number, height: number];

/** Whether every pixel has as much red as green as blue. */
function isGrey({ channels, pixels }: Picture): boolean {
  if (channels < 3) return true;
  for (let i = 0; i < pixels.length; i += channels) {
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false;
  }
  return true;
}

/** Red, green and blue of each pixel, over white paper. */
export function toColour({ width, height, channels, pixels }: Picture): Picture {
  const colours = new Uint8Array(3 * width * height);
  for (let to = 0, from = 0; to < colours.length; to += 3, from += channels) {
    const alpha = channels % 2 === 0 ? (pixels[from + channels - 1] ?? 0) : 255;
    for (let c = 0; c < 3; c++) {
      const value = pixels[channels < 3 ? from : from + c] ?? 0;
      colours[to + c] = Math.floor((alpha * value + (255 - alpha) * 255 + 127) / 255);
    }
  }
  return { width, height, channels: 3, pixels: colours };
}

/** The picture in this size, if one is given, and with this number of channels; if absent, 1 if it is grey, else 3. */
export function fitted(picture: Picture, size: Size | undefined, channels?: 1 | 3): Picture {
  const flat = (channels ?? (isGrey(picture) ? 1 : 3)) === 1 ? toGrey(picture) : toColour(picture);
  return size === undefined ? flat : resize(flat, size[0], size[1]);
}
