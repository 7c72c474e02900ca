#!/usr/bin/env node
// Committed, so that npm can link the command before it is built; the command itself is src/main.ts.
import { existsSync } from "node:fs";

const built = new URL("../dist/main.js", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error("inkling: expected the built command in packages/cli/dist, got nothing. Run npm run build.");
  process.exitCode = 1;
}
