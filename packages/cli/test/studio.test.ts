// The site on the loopback address: what is served and what is not, the headers, and the command around it.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasDisplay, openerOf } from "../src/studio/browser.ts";
import { type Serving, serveFolder } from "../src/studio/server.ts";
import { builtSite } from "../src/studio/site.ts";
import { inkling, onlyJson, refusalOf } from "./running.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-studio-"));
const site = join(directory, "site");
const policy = "default-src 'none'; script-src 'self' 'sha256-x='";
const page = (title: string) =>
  `<html><head><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${title}</title></head></html>`;
const long = "a line of text\n".repeat(1000);

let serving: Serving;
beforeAll(async () => {
  for (const folder of ["book", "fig", "assets", "reference", ".hidden"])
    await mkdir(join(site, folder), { recursive: true });
  for (const name of ["index", "404", "book/neuron", "fig/f01-pixels", "reference/index"]) {
    await writeFile(join(site, `${name}.html`), page(name));
  }
  await writeFile(join(site, "assets/app.C4b-x_9d.js"), long);
  await writeFile(join(site, "digits.gz"), long);
  await writeFile(join(site, "naïve.txt"), "short");
  await writeFile(join(site, ".hidden/secret.txt"), "secret");
  await writeFile(join(directory, "secret.txt"), "secret");
  await symlink(join(directory, "secret.txt"), join(site, "link.txt"));
  await symlink(directory, join(site, "linked"));
  await symlink(join(site, "naïve.txt"), join(site, "inside.txt"));
  serving = await serveFolder(site);
});
afterAll(async () => {
  await serving.close();
  await rm(directory, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks for a path as it is: fetch would tidy it up. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { hostname, port } = new URL(serving.url);
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, path, method, headers, agent: false }, async (answer) => {
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece);
      resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) });
    });
    asking.on("error", reject).end();
  });
}

describe("what is served", () => {
  test.each([
    ["/", "index"],
    ["/index.html", "index"],
    ["/book/neuron", "book/neuron"],
    ["/book/neuron.html?digit=3", "book/neuron"],
    ["/fig/f01-pixels", "fig/f01-pixels"],
    ["/reference/", "reference/index"],
  ])("%s is a page", async (path, title) => {
    const { status, headers, body } = await ask(path);
    expect({ status, type: headers["content-type"], body: body.toString() }).toEqual({
      ...{ status: 200, type: "text/html; charset=utf-8", body: page(title) },
    });
    expect(headers["cache-control"]).toBe("no-cache");
  });

  test("a folder without its slash is a way to the one with it", async () => {
    const { status, headers } = await ask("/reference");
    expect([status, headers.location]).toEqual([301, "/reference/"]);
  });

  test("other files have their type, also under an encoded name and by a link inside of the folder", async () => {
    for (const path of ["/na%C3%AFve.txt", "/inside.txt"]) {
      const { status, headers, body } = await ask(path);
      expect([status, headers["content-type"], body.toString()]).toEqual([200, "text/plain; charset=utf-8", "short"]);
    }
    expect((await ask("/digits.gz")).headers["content-type"]).toBe("application/octet-stream");
  });

  test.each([
    ...[
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/book/../../secret.txt",
      "/book%2f..%2f..%2fsecret.txt",
    ],
    ...["/%2e%2e%5csecret.txt", "/..\\secret.txt", "/link.txt", "/linked/secret.txt", "/.hidden/secret.txt"],
    ...[
      "//secret.txt",
      "/%2fetc/passwd",
      "/book/neuron/",
      "/book/nothing",
      "/%00",
      "/index.html%00.txt",
      "/%zz",
      "/assets",
    ],
  ])("%s is not", async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, body.toString()]).toEqual([404, page("404")]);
    expect(headers["cache-control"]).toBe("no-store");
  });

  test("a site without its own page for that has a sentence", async () => {
    const bare = await serveFolder(join(site, "book"));
    const answer = await fetch(`${bare.url}nothing`);
    expect([answer.status, await answer.text()]).toEqual([404, "There is no such page.\n"]);
    await bare.close();
  });
});

describe("the headers", () => {
  test("isolate each page, and add to its own policy who may frame it", async () => {
    const { headers } = await ask("/book/neuron");
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": `${policy}; frame-ancestors 'self'`,
    });
  });

  test("let everybody frame a single figure", async () => {
    const { headers } = await ask("/fig/f01-pixels");
    expect(headers["content-security-policy"]).toBe(policy);
    expect(headers["cross-origin-resource-policy"]).toBe("cross-origin");
  });

  test("let a browser keep what never changes", async () => {
    const { headers } = await ask("/assets/app.C4b-x_9d.js");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(headers["content-security-policy"]).toContain("'wasm-unsafe-eval'");
  });

  test("pack what shrinks, for those who can unpack it", async () => {
    const packed = await ask("/assets/app.C4b-x_9d.js", { "Accept-Encoding": "br, gzip" });
    expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(packed.body.length).toBeLessThan(1000);
    expect(gunzipSync(packed.body).toString()).toBe(long);
    const plain = await ask("/assets/app.C4b-x_9d.js");
    expect([plain.headers["content-encoding"], plain.body.toString()]).toEqual([undefined, long]);
    const archive = await ask("/digits.gz", { "Accept-Encoding": "gzip" });
    expect([archive.headers["content-encoding"], archive.headers["content-length"]]).toEqual([undefined, "15000"]);
  });

  test("say that nothing has changed", async () => {
    const { headers } = await ask("/book/neuron");
    const again = await ask("/book/neuron", { "If-None-Match": String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    await writeFile(join(site, "changing.txt"), "one");
    const { etag } = (await ask("/changing.txt")).headers;
    await writeFile(join(site, "changing.txt"), "another");
    expect((await ask("/changing.txt", { "If-None-Match": String(etag) })).status).toBe(200);
  });

  test("are all that HEAD gives", async () => {
    const { status, headers, body } = await ask("/digits.gz", {}, "HEAD");
    expect([status, headers["content-length"], body.length]).toEqual([200, "15000", 0]);
    expect((await ask("/nothing", {}, "HEAD")).body).toHaveLength(0);
  });
});

test("another name for this address gets nothing, and nobody writes", async () => {
  expect((await ask("/", { Host: "evil.test" })).status).toBe(403);
  expect((await ask("/", { Host: `localhost:${new URL(serving.url).port}` })).status).toBe(200);
  const { status, headers } = await ask("/", {}, "POST");
  expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
});

describe("the command", () => {
  const args = ["studio", "--no-open", "--site", "site"];

  test("serves until Ctrl-C, which ends it with 130, whoever is still connected", async () => {
    let served: Promise<string> | undefined;
    const ended = await inkling(directory, args, {
      onOutput: (stdout, child) => {
        const url = /The studio is at (\S+) /.exec(stdout)?.[1];
        if (url === undefined || served !== undefined) return;
        const { hostname, port } = new URL(url);
        const idle = connect(Number(port), hostname);
        idle.on("error", () => {});
        served = fetch(url)
          .then((answer) => answer.text())
          .finally(() => child.kill("SIGINT"));
      },
    });
    expect(await served).toBe(page("index"));
    expect(ended).toMatchObject({ code: 130, stderr: "" });
  });

  test("--json says where, on one line", async () => {
    const { code, ...rest } = await inkling(directory, [...args, "--json"], {
      onOutput: (stdout, child) => void (stdout.endsWith("\n") && child.kill("SIGTERM")),
    });
    expect(code).toBe(143);
    expect(onlyJson({ ...rest, code: 0 })).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) });
  });

  test("refuses a port that is taken, or none, and a folder without a site", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const refusal = async (...words: string[]) =>
      refusalOf(await inkling(directory, ["studio", "--no-open", ...words]));
    expect(await refusal("--site", "site", "--port", String(port))).toBe(
      `--port: expected a port that is free, got ${port}, one that another program uses. Leave --port out, or name another.\n`,
    );
    other.close();
    expect(await refusal("--site", "site", "--port", "65536")).toMatch(
      /^--port: expected a whole number from 0 to 65535, got /,
    );
    expect(await refusal("--site", ".")).toMatch(/expected a folder with a built site \(index\.html\), got none\./);
  });
});

describe("the site", () => {
  /** Sources whose build is this program. */
  async function sourcesWith(name: string, program: string): Promise<string> {
    const sources = join(directory, name);
    await mkdir(join(sources, "apps/site"), { recursive: true });
    await writeFile(join(sources, "package.json"), JSON.stringify({ private: true, workspaces: ["apps/site"] }));
    const scripts = { build: `node -e "${program}"` };
    await writeFile(
      join(sources, "apps/site/package.json"),
      JSON.stringify({ name: "a-site", version: "1.0.0", scripts }),
    );
    return sources;
  }

  test("is built where it is missing, once", async () => {
    const program =
      "const d='.vitepress/dist';fs.mkdirSync(d,{recursive:true});fs.appendFileSync(d+'/index.html','built')";
    const sources = await sourcesWith("buildable", program);
    const built = await builtSite({ sources, quiet: true });
    expect(await builtSite({ sources, quiet: true })).toBe(built);
    expect(await readFile(join(built, "index.html"), "utf8")).toBe("built");
  });

  test("that cannot be built is one sentence", async () => {
    const sources = await sourcesWith("broken", "process.exit(7)");
    await expect(builtSite({ sources, quiet: true })).rejects.toThrow(
      "npm run build -w apps/site: expected a built site, got exit 7. What went wrong stands above.",
    );
  });

  test("is not in the command's own package, which says where it is", async () => {
    await expect(builtSite({ sources: site })).rejects.toThrow(
      /^studio: expected Inkling's sources beside the command, got none\. .*git clone.*--site\.$/,
    );
  });
});

test("the browser opens where there is a screen, by the program of the system", () => {
  const has = (platform: string, env = {}) => hasDisplay(platform, env);
  expect([has("linux"), has("linux", { DISPLAY: ":0" }), has("linux", { WAYLAND_DISPLAY: "w" })]).toEqual([
    false,
    true,
    true,
  ]);
  expect([has("darwin"), has("win32")]).toEqual([true, true]);
  expect(["linux", "darwin", "win32"].map((platform) => openerOf(platform, "x")[0])).toEqual([
    "xdg-open",
    "open",
    "cmd",
  ]);
});
