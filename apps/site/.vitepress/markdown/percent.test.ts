import { createMarkdownRenderer } from "vitepress";
import { expect, test } from "vitest";
import { percents } from "./percent.ts";

test("a number and its percent sign are not parted, but in code they are as they were written", async () => {
  const md = await createMarkdownRenderer(".", {}, "/");
  percents(md);
  const html = await md.renderAsync("It reads **86.3 %**, or `5 %`, of 3 or 4 %.");
  expect(html).toContain("<strong>86.3\u00a0%</strong>");
  expect(html).toContain("of 3 or 4\u00a0%.");
  expect(html).toContain("5 %</code>");
});
