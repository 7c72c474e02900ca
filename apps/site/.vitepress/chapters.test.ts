import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chaptersIn } from "./chapters.ts";

const folder = new URL("../pages/book", import.meta.url).pathname;

test("the book's first page lists each chapter once, in its order, with what one can do after it", () => {
  const lines = readFileSync(`${folder}/index.md`, "utf8").match(/^\*\*\d+\. .*$/gm);
  const expected = chaptersIn(folder).map(({ order, title, link }) => {
    const name = link.replace("/book/", "");
    const aim = /\*\*After this chapter you can\*\* (.*)/.exec(readFileSync(`${folder}/${name}.md`, "utf8"))?.[1];
    return `**${order}. [${title}](./${name}).** After it you can ${aim}`;
  });
  expect(lines).toEqual(expected);
});
