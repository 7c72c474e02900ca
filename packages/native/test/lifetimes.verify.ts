// As lifetimes.test.ts, a thousand times each.
import { test } from "vitest";
import { expectEarlyExits, expectEnds, expectNoGrowth } from "./lifetimes.ts";
import { levels } from "./machine.ts";

const here = test.skipIf(levels.length === 0);

here("a thousand backends that are closed", () => expectNoGrowth("closed", 1000));
here("a thousand backends that nobody closes", () => expectNoGrowth("dropped", 1000));
here("processes that exit while threads compute", () => expectEnds("exit", 1000));
here("processes that throw while threads compute", () => expectEnds("throw", 1000));
here("processes that exit while threads load koffi", () => expectEarlyExits(1000));
