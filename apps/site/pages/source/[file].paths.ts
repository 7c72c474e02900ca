/** A page for each file of the library that an equation stands in, with its text as it is in the repository. */
import { readFileSync } from "node:fs";
import { sourceFiles } from "../../.vitepress/markdown/source.ts";

const src = new URL("../../../../packages/inkling/src/", import.meta.url);

export default {
  paths: () =>
    sourceFiles().map((file) => ({
      params: { file: file.slice(0, -".ts".length), title: file },
      content: `\`\`\`ts:line-numbers addressed\n${readFileSync(new URL(file, src), "utf8")}\`\`\`\n`,
    })),
};
