// Backends that come and go, and processes that end while others compute. `npm run verify` does each a thousand times.
import { test } from "vitest";
import { expectEarlyExits, expectEnds, expectNoGrowth } from "./lifetimes.ts";
import { levels } from "./machine.ts";

const here = test.skipIf(levels.length === 0);

here("ten backends that are closed", () => expectNoGrowth("closed", 10));
here("ten backends that nobody closes", () => expectNoGrowth("dropped", 10));
here("processes that exit while threads compute", () => expectEnds("exit", 3));
here("processes that throw while threads compute", () => expectEnds("throw", 3));
here("processes that exit while threads load koffi", () => expectEarlyExits(10));
