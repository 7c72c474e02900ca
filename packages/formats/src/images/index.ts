/** Pictures: PNG and JPEG. The entry inkling-formats/images. */
export { decodePicture } from "./decode.ts";
export { looksLikePicture, type PictureKind, pictureKind } from "./kinds.ts";
export type { PictureLimits } from "./limits.ts";
export { encodePng } from "./png.ts";
