import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { ExpectStatic } from "vitest";
import { built, fileOf, type OpenedPage } from "./built-site.ts";

/**
 * What a page may load before a reader has done anything, in kB of gzip: scripts, and these with the page itself and
 * its styles. A page that needs more than 5 % more than it did has grown: look why.
 */
interface Budget {
  readonly route: RegExp;
  readonly scripts: number;
  readonly all: number;
}

const budgets: readonly Budget[] = [
  { route: /^\/fig\//, scripts: 130, all: 150 },
  // Vue and the theme are 70 kB of it. A figure, and the library that it needs, about 100 kB, come when a good part of
  // it is in the window, or when the reader begins to read.
  { route: /^\/book\//, scripts: 95, all: 140 },
  { route: /^\/studio/, scripts: 200, all: 250 },
  { route: /^\/reference\//, scripts: 206, all: 300 },
  { route: /^\//, scripts: 162, all: 220 },
];

function budgetOf(route: string): Budget {
  return budgets.find((budget) => budget.route.test(route)) as Budget;
}

/** Of a page that nobody has read yet. */
export function keepsToItsBudget(route: string, opened: OpenedPage, expect: ExpectStatic): void {
  const budget = budgetOf(route);
  // The worker that trains imports what the page has. Its bundle, a second copy, is for hosts where that cannot be.
  expect(kilobytes(opened, /\/assets\/worker-[^/]*\.js$/), "kB of a second copy").toBe(0);
  // Its own file comes after the first view, sooner or later: it has a budget of its own.
  const [worker, own] = [/\/chunks\/worker\.[^/]*\.js$/, /^(?!.*\/chunks\/worker\.).*/];
  expect(kilobytes(opened, worker), "kB of the worker").toBeLessThan(15);
  expect(kilobytes(opened, /\.js$/, own), "kB of scripts").toBeLessThan(budget.scripts);
  expect(kilobytes(opened, /\.(?:js|css|html)$/, own), "kB of page, styles and scripts").toBeLessThan(budget.all);
}

/** The size of what a page has loaded, compressed as a server would. */
function kilobytes({ requests }: OpenedPage, kind: RegExp, among = /./): number {
  const files = new Set(requests.flatMap((url) => fileOf(new URL(url).pathname) ?? []));
  const sizes = [...files]
    .filter((file) => kind.test(file) && among.test(file))
    .map((file) => gzipSync(readFileSync(built + file)).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}
