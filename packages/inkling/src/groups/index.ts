/** The entry `inkling/groups`: machines that train one model together, or share tasks that need no exchange. */
export { dismiss, farm, serve, type Work } from "./farm.ts";
export type { Group, Message, Messenger, Pieces } from "./group.ts";
export { joinGroup } from "./join.ts";
export { blocksOf, type Range, sharesOf } from "./shares.ts";
