/** The entry `inkling/groups`: machines that train one model together. */
export type { Group, Pieces } from "./group.ts";
export { type Range, sharesOf } from "./shares.ts";
