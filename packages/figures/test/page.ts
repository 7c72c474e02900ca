/** What the tests' pages load: the figures from their source, and what a test calls in the page. */

export * as inkling from "inkling";
export * as formats from "inkling/formats";
export * as proofs from "inkling/proofs";
export * from "../src/index.ts";
export { pseudo, untranslated } from "./pseudo-locale.ts";

import "./figures-1-to-13.ts";
import "./figures-14-to-25.ts";
import "./figures-26-to-29.ts";
import "./figures-30-to-32.ts";
import "./figures-33-to-38.ts";
