// Every instruction form that is compared with GNU as: its text in Intel's syntax, and the call that writes it.
// Cases rotate through registers and addresses; a few forms go through all of them.
import "./forms/lanes.js";
import "./forms/moves.js";
import "./forms/integers.js";

export { forms } from "./forms/table.js";
