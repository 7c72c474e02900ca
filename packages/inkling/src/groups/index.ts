/** The entry `inkling/groups`: machines that train one model together. */
export type { Group, Pieces } from "./group.ts";
