/**
 * The sidebar of the reference: its pages (tools/reference.js), each with the functions and classes that stand on it.
 */
import { existsSync, readFileSync } from "node:fs";
import type { DefaultTheme } from "vitepress";

/** The headings whose entries are listed. */
const LISTED = ["Functions", "Classes"];

export function referenceSidebar(folder: string): DefaultTheme.SidebarItem[] {
  if (!existsSync(`${folder}/index.md`)) return [];
  const index = readFileSync(`${folder}/index.md`, "utf8");
  return [...index.matchAll(/\[`([\w/-]+)`\]/g)].map(([, name]) => {
    const link = `/reference/${name}`;
    return { text: name as string, link, collapsed: true, items: membersOf(`${folder}/${name}.md`, link) };
  });
}

/** The functions and classes of a page, by their headings. */
function membersOf(file: string, link: string): DefaultTheme.SidebarItem[] {
  let group = "";
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      group = /^## (.+)$/.exec(line)?.[1] ?? group;
      const name = /^### (\w+)/.exec(line)?.[1];
      if (name === undefined || !LISTED.includes(group)) return [];
      return [{ text: name, link: `${link}#${name.toLowerCase()}` }];
    });
}
