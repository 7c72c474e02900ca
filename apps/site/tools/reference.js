/**
 * Writes the reference into pages/reference: one page for each entry of the packages, from the comments in their
 * source. It takes some seconds, so it is left out as
 * long as the source is the same.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Application, ReflectionKind } from "typedoc";

const root = new URL("../../../", import.meta.url);
const out = new URL("../pages/reference/", import.meta.url);
const stamp = new URL(".source", out);

/** From the name that is imported to the file, and what it is for. */
const entries = {
  inkling: [
    "packages/inkling/src/index.ts",
    "Networks, layers, losses, optimizers, training, evaluation, data sets, errors: what most programs need.",
  ],
  "inkling/node": [
    "packages/inkling/platform/node/index.ts",
    "For Node: MNIST and other data from files, model files, the fast backends with threads.",
  ],
  "inkling/browser": [
    "packages/inkling/platform/browser/index.ts",
    "For pages: the fast backend, and threads where the page is isolated.",
  ],
  "inkling/proofs": [
    "packages/inkling/src/proofs/index.ts",
    "For checking and showing: the reference backend, traces of one example, the gradient check, the doctor.",
  ],
  "inkling/presets": [
    "packages/inkling/src/presets/index.ts",
    "The named networks and trainings of the command line, and what makes a configuration of options.",
  ],
  "inkling/pictures": [
    "packages/inkling/src/pictures/index.ts",
    "From a picture or a drawing to the 784 pixels that a network of digits reads.",
  ],
  "inkling/formats": [
    "packages/inkling/src/formats/index.ts",
    "Readers and writers of files: IDX, CSV, safetensors, checkpoints.",
  ],
  "inkling-figures": ["packages/figures/src/index.ts", "The figures of this site as custom elements, for any page."],
};

/** The order of a page: what is called stands first, what is only said stands last. */
const groups = ["Functions", "Classes", "Variables", "Interfaces", "Type Aliases"];

const introduction =
  "Made from the comments in the source. Each function says what it takes, what it returns and which errors it throws;" +
  " each option says its unit and its default.";

async function sourceDigest() {
  const hash = createHash("sha256");
  for (const folder of ["packages/inkling", "packages/formats", "packages/figures"]) {
    const files = (await readdir(new URL(folder, root), { recursive: true }))
      .filter((file) => /^(src|platform)\/.*\.ts$/.test(file) && !file.endsWith(".test.ts"))
      .toSorted();
    for (const file of files) hash.update(file).update(await readFile(new URL(`${folder}/${file}`, root)));
  }
  return hash.update(await readFile(new URL(import.meta.url))).digest("hex");
}

/** Options of the plugins, which TypeDoc's types do not know. */
const ofPlugins = {
  docsRoot: fileURLToPath(new URL("../pages", import.meta.url)),
  hideBreadcrumbs: true,
  hidePageHeader: true,
  sanitizeComments: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
};

async function writeReference() {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: Object.values(entries).map(([file]) => fileURLToPath(new URL(file, root))),
    tsconfig: fileURLToPath(new URL("../tsconfig.reference.json", import.meta.url)),
    plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme"],
    ...ofPlugins,
    out: fileURLToPath(out),
    name: "Reference",
    readme: "none",
    router: "module",
    groupOrder: groups,
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    excludeProtected: true,
    // `tsc` checks types; what is not exported is described where it is used.
    skipErrorChecking: true,
    validation: false,
    logLevel: "Error",
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("The reference could not be made: TypeDoc says why above.");
  const modules = project.getChildrenByKind(ReflectionKind.Module);
  // TypeDoc names a module by its folder.
  const found = Object.entries(entries).map(([name, [file]]) => {
    const module = modules.find((module) => file === `packages/${module.name}/index.ts`);
    if (module === undefined) throw new Error(`The entry ${name} is missing: found ${modules.map((m) => m.name)}.`);
    return { name, module };
  });
  for (const { name, module } of found) module.name = name;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await app.generateOutputs(project);
  const rows = Object.entries(entries).map(([name, [, use]]) => `| [\`${name}\`](./${name}.md) | ${use} |`);
  const table = ["| import from | what is there |", "|---|---|", ...rows].join("\n");
  await writeFile(new URL("index.md", out), `# Reference\n\n${introduction}\n\n${table}\n`);
}

const digest = await sourceDigest();
const written = await readFile(stamp, "utf8").catch(() => "");
if (written !== digest) {
  await writeReference();
  await writeFile(stamp, digest);
}
