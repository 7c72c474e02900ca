/**
 * What all pages of these tests load, page.ts, with all that it imports. One bundle serves all test files of a run: the
 * first that wants it makes it, in the folder of the run.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PluginContext, rolldown } from "rolldown";
import { runFolder } from "./run-folder.ts";

/** Files by their names; start.js makes the exports of page.ts `globalThis.figures`. */
export async function bundledPage(): Promise<ReadonlyMap<string, string>> {
  const folder = runFolder();
  if (folder === undefined) return new Map(await bundle());
  const path = join(folder, "page.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text !== undefined) return new Map(JSON.parse(text));
  const files = await bundle();
  // Two that begin at once both make it. It appears whole, and either is right.
  const own = `${path}.${process.pid}`;
  await writeFile(own, JSON.stringify(files));
  await rename(own, path);
  return new Map(files);
}

async function bundle(): Promise<[name: string, code: string][]> {
  const [page, worker] = [new Set<string>(), new Set<string>()];
  const build = await rolldown({
    input: pathOf("page.ts"),
    platform: "browser",
    resolve: { conditionNames: ["inkling-source", "browser", "production", "import", "default"] },
    plugins: [
      {
        name: "static-imports",
        buildEnd() {
          collect(this, pathOf("page.ts"), page);
          collect(this, pathOf("../src/session/worker.ts"), worker, true);
        },
      },
    ],
    // The loader imports figures when a page needs them, and page.ts imports all of them at once.
    checks: { ineffectiveDynamicImport: false },
  });
  // A file for all that a page loads at its start, and one for what the worker loads, now or later: it has no window. A
  // page of 88 files takes twice as long to open. What a page imports later stays apart.
  const { output } = await build.generate({
    format: "es",
    codeSplitting: {
      groups: [
        { name: "worker", test: (id) => worker.has(id), priority: 1 },
        { name: "page", test: (id) => page.has(id) },
      ],
    },
    minify: { mangle: false, compress: false, codegen: true },
  });
  await build.close();
  const files = output.flatMap((part) =>
    part.type === "chunk" ? [[part.fileName, part.code] as [string, string]] : [],
  );
  const start = `import * as figures from "./${output[0].fileName}"; globalThis.figures = figures;`;
  return [...files, ["start.js", start]];
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** The modules that an entry imports at once (or also later), and that these import, and so on. */
function collect(context: PluginContext, entry: string, found: Set<string>, isAll = false): void {
  if (found.has(entry)) return;
  found.add(entry);
  const { importedIds = [], dynamicallyImportedIds = [] } = context.getModuleInfo(entry) ?? {};
  for (const id of isAll ? [...importedIds, ...dynamicallyImportedIds] : importedIds)
    collect(context, id, found, isAll);
}
