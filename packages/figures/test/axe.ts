/** What axe-core finds serious in a page, also inside of shadow roots: one line a finding. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

/** What another theme changes: the colours, and which pictures there are. The rest need not be looked at twice. */
const themed = {
  runOnly: { type: "tag", values: ["cat.color", "cat.text-alternatives"] },
  // Level AAA: as in the whole run, which leaves it out by itself.
  rules: { "color-contrast-enhanced": { enabled: false } },
};

/**
 * The findings that are serious or critical; none is what a test wants. Of a page that was looked at before, in another
 * theme, only what a theme changes.
 */
export async function seriousFindings(page: Page, part: "all" | "theme" = "all"): Promise<string[]> {
  await page.evaluate(source);
  // Only violations are told one by one: naming each element that passes takes longer than looking at it.
  const options = { resultTypes: ["violations"], ...(part === "theme" && themed) };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as { violations: Found[] };
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join("; ")})`,
  );
}
