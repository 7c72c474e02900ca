/** Pictures that are to be learnt, one after the other: which files are some, and what they have in common. */
import { DataError } from "inkling";
import type { Picture } from "inkling/pictures";
import { decodePicture } from "./decode.ts";
import { fitted } from "./fitting.ts";
import type { PictureOptions } from "./folder.ts";
import { hasPictureName, pictureKind } from "./kinds.ts";

/** Reads picture after picture as they are to be learnt, and remembers what they were like. */
export class PictureReader {
  readonly #name: string;
  readonly #options: PictureOptions;
  #bytes = 0;
  #first: { readonly path: string; readonly width: number; readonly height: number } | undefined;
  #narrowest = Number.POSITIVE_INFINITY;
  #widest = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #tallest = 0;
  #isStretched = false;
  #hasColours = false;

  /** `name` is what errors call the folder. */
  constructor(name: string, options: PictureOptions) {
    this.#name = name;
    this.#options = options;
  }

  /** 1 if all pictures so far are grey, or are to be, else 3. */
  get channels(): 1 | 3 {
    return this.#options.channels ?? (this.#hasColours ? 3 : 1);
  }

  /** The picture of a file as it is to be learnt; undefined for a file that is none, by name and by content. A file
   * with the name of one has to be one that can be read. */
  async readFile(path: string, bytes: Uint8Array): Promise<Picture | undefined> {
    return hasPictureName(path) || pictureKind(bytes) !== undefined ? this.read(path, bytes) : undefined;
  }

  /** The picture in these bytes as it is to be learnt. `path` is what errors call it. Throws a DataError. */
  async read(path: string, bytes: Uint8Array): Promise<Picture> {
    const { size, channels, limits = {} } = this.#options;
    const picture = await decodePicture(bytes, `${this.#name}/${path}`, limits);
    this.#see(path, picture);
    const example = fitted(picture, size, channels);
    this.#hasColours ||= example.channels === 3;
    this.#bytes += example.pixels.length;
    const { bytes: most = 2 ** 31 } = limits;
    if (this.#bytes <= most) return example;
    const got = `more, at ${example.width} × ${example.height}`;
    throw new DataError(this.#name, `pictures of at most ${most} bytes together`, got, "Choose a smaller size.");
  }

  /** Throws a DataError for a picture of another size, where none was chosen. */
  #see(path: string, { width, height }: Picture): void {
    this.#first ??= { path, width, height };
    this.#narrowest = Math.min(this.#narrowest, width);
    this.#widest = Math.max(this.#widest, width);
    this.#lowest = Math.min(this.#lowest, height);
    this.#tallest = Math.max(this.#tallest, height);
    const { size } = this.#options;
    if (size !== undefined) this.#isStretched ||= width * size[1] !== height * size[0];
    const first = this.#first;
    if (size !== undefined || (width === first.width && height === first.height)) return;
    throw new DataError(
      this.#name,
      `pictures of one size (${first.width} × ${first.height} in ${first.path})`,
      `${width} × ${height} in ${path}`,
      "Nothing was loaded. Say in which size they are to be learnt: --size 28x28, in code size: [28, 28].",
    );
  }

  /** "of 28 × 28, in grey", "of 20 × 31 to 640 × 480, in colours, stretched to 28 × 28" */
  get sentence(): string {
    const least = `${this.#narrowest} × ${this.#lowest}`;
    const most = `${this.#widest} × ${this.#tallest}`;
    const to = this.#options.size?.join(" × ") ?? most;
    const sizes = least === most ? least : `${least} to ${most}`;
    const became = sizes === to ? "" : `, ${this.#isStretched ? "stretched" : "resized"} to ${to}`;
    return `of ${sizes}, in ${this.channels === 1 ? "grey" : "colours"}${became}`;
  }
}
