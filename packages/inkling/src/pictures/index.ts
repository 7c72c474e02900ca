/** Pictures in which somebody's own digits are found: the entry inkling/pictures. */
export { checkPicture, MOST_PIXELS, type Picture, resize, toGrey } from "./picture.ts";
export { type FoundDigit, type FoundDigits, findDigits } from "./find-digits.ts";
export { type Box, type Ink, type NormalizationSteps, normalizationSteps, normalizeDigit } from "./normalize.ts";
