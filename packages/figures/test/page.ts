/** What the tests' pages load: the figures from their source, and what a test calls in the page. */
export * from "../src/index.ts";
