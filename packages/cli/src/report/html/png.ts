/** Pictures for a page: PNG files in the page's own text, so that nothing has to be loaded. */
import type { Dataset } from "inkling";
import type { Picture } from "inkling/pictures";

/** A picture as a PNG file. */
export async function pngOf(picture: Picture): Promise<Uint8Array> {
  const { encodePng } = await import("inkling-formats/images");
  return encodePng(picture);
}

/** A picture as the source of an image. */
export async function sourceOf(picture: Picture): Promise<string> {
  return `data:image/png;base64,${Buffer.from(await pngOf(picture)).toString("base64")}`;
}

/** An example of a data set as it is stored: 0 is black. Undefined if it is no image of bytes. */
export function exampleAsPicture({ shape, inputs }: Dataset, index: number): Picture | undefined {
  const [height, width, channels] = shape;
  if (!(inputs instanceof Uint8Array) || height === undefined || width === undefined) return undefined;
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) return undefined;
  const size = height * width * channels;
  return { height, width, channels, pixels: inputs.slice(index * size, (index + 1) * size) };
}
