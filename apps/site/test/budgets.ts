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

export function budgetOf(route: string): Budget {
  return budgets.find((budget) => budget.route.test(route)) as Budget;
}
