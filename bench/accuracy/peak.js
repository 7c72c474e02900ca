/**
 * Loaded before a program (`node --import`): at its end a last line on standard error says the most memory that the
 * process has held, as `peakRssMiB 123.4`.
 */
import { writeSync } from "node:fs";
import { peakRssMiB } from "../tasks/result.js";

process.on("exit", () => writeSync(2, `peakRssMiB ${peakRssMiB()}\n`));
