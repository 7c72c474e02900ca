/** The entry `inkling/groups`: machines that train one model together. */
export type { Group, Pieces } from "./group.ts";
export { joinGroup } from "./join.ts";
export { blocksOf, type Range, sharesOf } from "./shares.ts";
