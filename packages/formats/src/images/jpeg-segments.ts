/**
 * The segments of a JPEG file (ITU-T T.81, annex B): a marker, a length, the data. They are looked through before a
 * decoder sees them: the frame's header says how large the picture is and how it was packed.
 */
import { DataError } from "inkling";
import { orientationOf } from "./exif.ts";
import { checkPixels, damaged, type PictureLimits } from "./limits.ts";

/** What the segments of a JPEG file say. */
export interface JpegFile {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colours, 4 for print colours. */
  readonly components: number;
  /** How it is to be turned: 1 to 8, as Exif counts. */
  readonly orientation: number;
  /** Whether three components are red, green and blue as they are, not brightness and two differences. */
  readonly isRgb: boolean;
}

/** A progressive picture comes in about ten scans. Each takes time for the whole picture, however few its bytes. */
const MOST_SCANS = 100;
/** Pixels × scans. */
const MOST_WORK = 2 ** 30;

const ascii = (bytes: Uint8Array, length: number) => String.fromCharCode(...bytes.subarray(0, length));

/** Looks through the segments. Throws a DataError for what is cut off, of another process, or above the limits. */
export function readSegments(bytes: Uint8Array, name: string, limits: PictureLimits): JpegFile {
  let frame: ReturnType<typeof readFrame> | undefined;
  let orientation = 1;
  let adobe: number | undefined;
  let scans = 0;
  for (const { marker, data } of segments(bytes, name)) {
    if (isFrame(marker)) {
      if (frame !== undefined) throw damaged(name, "JPEG", "two pictures in one");
      frame = readFrame(marker, data, name, limits);
    }
    if (marker === 0xe1 && ascii(data, 6) === "Exif\0\0") orientation = orientationOf(data);
    if (marker === 0xee && ascii(data, 5) === "Adobe") adobe = data[11];
    if (marker !== 0xda) continue;
    if (frame === undefined) throw damaged(name, "JPEG", "pixels before their header");
    scans++;
    if (scans > MOST_SCANS || scans * frame.width * frame.height > MOST_WORK) {
      throw new DataError(name, `a picture in at most ${MOST_SCANS} scans`, `${scans} and more`, "Save it as PNG.");
    }
  }
  if (frame === undefined || scans === 0) throw damaged(name, "JPEG", "one without pixels");
  const { width, height, components, ids } = frame;
  return {
    width,
    height,
    components,
    orientation,
    isRgb: components === 3 && (adobe === 0 || (adobe === undefined && ids === "RGB")),
  };
}

/** Markers SOF0 to SOF15; between them are those of tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readFrame(marker: number, data: Uint8Array, name: string, limits: PictureLimits) {
  const [precision, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = data;
  if (data.length < 6 || data.length !== 6 + 3 * components) throw damaged(name, "JPEG", "a header that is cut off");
  if (marker > 0xc2 || precision !== 8) {
    const got = precision === 8 ? `process ${marker - 0xc0}` : `${precision} bits`;
    throw new DataError(name, "a baseline or progressive JPEG picture of 8 bits", got, "Save it as PNG.");
  }
  if (![1, 3, 4].includes(components)) throw damaged(name, "JPEG", `${components} components`);
  const [width, height] = [256 * w1 + w0, 256 * h1 + h0];
  checkPixels(name, width, height, limits);
  for (let i = 0; i < components; i++) {
    const sampling = data[7 + 3 * i] ?? 0;
    const [across, down] = [sampling >> 4, sampling & 15];
    if (across < 1 || across > 4 || down < 1 || down > 4)
      throw damaged(name, "JPEG", `sampling of ${across} × ${down}`);
  }
  const ids = Array.from({ length: components }, (_, i) => String.fromCharCode(data[6 + 3 * i] ?? 0));
  if (new Set(ids).size < components) throw damaged(name, "JPEG", "two components of one name");
  return { width, height, components, ids: ids.join("") };
}

/** Marker by marker, to the end of the picture. Throws a DataError where the file ends before. */
function* segments(bytes: Uint8Array, name: string): Generator<{ marker: number; data: Uint8Array }> {
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff) throw damaged(name, "JPEG", at >= bytes.length ? "one that is cut off" : "no marker");
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) throw damaged(name, "JPEG", "one that is cut off");
    if (marker === 0xd9) return;
    // These stand alone.
    if (marker === 1 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    const length = 256 * (bytes[at] ?? 0) + (bytes[at + 1] ?? 0);
    if (length < 2 || at + length > bytes.length) throw damaged(name, "JPEG", "one that is cut off");
    yield { marker, data: bytes.subarray(at + 2, at + length) };
    at += length;
    if (marker === 0xda) at = endOfScan(bytes, at);
  }
}

/** The next marker after packed pixels, in which 255 is followed by 0, and a mark to start again is none. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}
