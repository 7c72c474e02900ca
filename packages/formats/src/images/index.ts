/** Pictures: PNG and JPEG, one by one and in folders. The entry inkling-formats/images. */
export type { ClassOptions } from "./class-folders.ts";
export { decodePicture } from "./decode.ts";
export { fitted, type Size } from "./fitting.ts";
export {
  type FolderFile,
  type FolderLimits,
  type FolderOptions,
  type ImageFolder,
  imageFolderFrom,
  type PictureOptions,
} from "./folder.ts";
export { hasPictureName, looksLikePicture, type PictureKind, pictureKind } from "./kinds.ts";
export type { PictureLimits } from "./limits.ts";
export { encodePng } from "./png.ts";
