/**
 * Writes one archive for classrooms without a network: a page that starts by double click, with the studio, the book's
 * figures, all of MNIST and the book's network inside of it. `npm run zip -w apps/site`.
 *
 *   node tools/zip.js [FILE]
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { zip } from "inkling-formats/archives";
import { rolldown } from "rolldown";

const site = new URL("../", import.meta.url);
const target = process.argv[2] ?? fileURLToPath(new URL("inkling.zip", site));

/**
 * A module with all that it imports as one classic script that can stand in a page.
 *
 * @param {string} file
 * @returns {Promise<string>}
 */
async function classic(file) {
  const build = await rolldown({
    input: fileURLToPath(new URL(file, site)),
    platform: "browser",
    // A script from a string has no address; nothing that runs here asks for one.
    transform: { define: { "import.meta.url": '""' } },
    resolve: { conditionNames: ["inkling-source", "browser", "production", "import", "default"] },
  });
  const { output } = await build.generate({ format: "iife", name: "page", codeSplitting: false, minify: true });
  await build.close();
  // What would end the script, or begin a comment, in HTML means the same to JavaScript with a backslash.
  return output[0].code.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}

/** The site's data, as base64 by name. */
async function siteFiles() {
  /** @type {Record<string, string>} */
  const files = {};
  for (const folder of ["digits", "models"]) {
    const url = new URL(`pages/public/${folder}/`, site);
    for (const name of await readdir(url)) {
      files[`${folder}/${name}`] = (await readFile(new URL(name, url))).toString("base64");
    }
  }
  return files;
}

/** The chapters in order, each with its title and the names of its figures. */
async function chapters() {
  const folder = new URL("pages/book/", site);
  const found = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".md")) continue;
    const text = await readFile(new URL(name, folder), "utf8");
    const names = Array.from(text.matchAll(/^:{3,} figure (f\d\d-[a-z0-9-]+)/gm), ([, figure]) => figure);
    if (names.length > 0) found.push({ title: /^# (.+)$/m.exec(text)?.[1] ?? name, names });
  }
  return found.sort((a, b) => ((a.names[0] ?? "") < (b.names[0] ?? "") ? -1 : 1));
}

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** @param {string} text */
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const style = `
  :root { color-scheme: light dark; font: 1.0625rem/1.65 system-ui, sans-serif; color: light-dark(#1c2024, #eceef0); background: light-dark(#fff, #121417); }
  body { max-width: 76rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
  header p, section > p { max-width: 42rem; }
  section { margin-top: 3rem; }
  .panes > * + * { margin-top: 4rem; }
  figure { margin: 2rem 0; max-width: 52rem; }
`;

async function page() {
  const loader = await readFile(new URL("../../packages/figures/src/loader.ts", site), "utf8");
  const panes = ["studio", "draw", "inside"].filter((name) => new RegExp(`^  ${name}: `, "m").test(loader));
  const shown = panes[0] === "studio" ? ["studio"] : panes;
  const [script, worker] = await Promise.all([
    classic("tools/zip-page.ts"),
    classic("../../packages/figures/src/session/worker.ts"),
  ]);
  const policy = [
    ...["default-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, "worker-src blob:"],
    ...[`style-src ${hash(style)}`, "style-src-attr 'unsafe-inline'", "img-src data: blob:"],
    ...["base-uri 'none'", "form-action 'none'"],
  ].join("; ");
  const figures = (await chapters()).map(
    ({ title, names }) => `<section><h2>${escaped(title)}</h2>
${names.map((name) => `<figure><inkling-${name}></inkling-${name}></figure>`).join("\n")}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width"><title>Inkling</title><style>${style}</style></head>
<body><header><h1>Inkling</h1>
<p>A neural network that you can see through. All of it is in this one file: it needs no network, and nothing that you
draw or load leaves this computer.</p>
<noscript><p>The figures need JavaScript.</p></noscript></header>
<main></main><template id="content"><section class="panes">${shown.map((name) => `<inkling-${name}></inkling-${name}>`).join("\n")}</section>
${figures.join("\n")}</template>
<script type="application/json" id="files">${JSON.stringify(await siteFiles())}</script>
<script type="text/plain" id="worker">${worker}</script>
<script>${script}</script></body></html>
`;
}

const html = new TextEncoder().encode(await page());
const archive = await zip([["inkling/Inkling.html", html]]);
await writeFile(target, archive);
console.log(`${target}: ${(archive.length / 1e6).toFixed(1)} MB, a page of ${(html.length / 1e6).toFixed(1)} MB.`);
