/**
 * Serves a folder of files to the browser of this machine, and to nobody else: on the loopback address alone, and only
 * under its own name, so that no page from elsewhere that has a name for this address gets anything.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ArgumentError } from "inkling";
import { reasonOf } from "inkling/node";
import { type FoundFile, meaningOf, openInside } from "./files.ts";
import { headersFor } from "./headers.ts";

const HOST = "127.0.0.1";

export interface Serving {
  readonly url: string;
  /** Ends it, with all connections. */
  close(): Promise<void>;
}

/** Serves a folder; port 0 is one that is free. Throws an ArgumentError for a port that cannot be had. */
export async function serveFolder(folder: string, port = 0): Promise<Serving> {
  const server = createServer((request, response) => {
    answer(folder, server, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(refusedPort(port, error)));
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${portOf(server)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refusedPort(port: number, error: NodeJS.ErrnoException): ArgumentError {
  const got = error.code === "EADDRINUSE" ? "one that another program uses" : reasonOf(error);
  return new ArgumentError("--port", "a port that is free", `${port}, ${got}`, "Leave --port out, or name another.");
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(folder: string, server: Server, request: IncomingMessage, response: ServerResponse) {
  const [path = "/"] = (request.url ?? "/").split(/[?#]/);
  const { host = "" } = request.headers;
  if (![HOST, "localhost"].some((name) => host === `${name}:${portOf(server)}`)) {
    return refuse(response, path, 403, "This address is for the browser of its own machine.");
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, path, 405, "Files can be read here, and nothing else.");
  }
  const found = await meaningOf(folder, path);
  if (found === undefined) {
    const page = await openInside(folder, "404.html");
    return page ? send(request, response, path, page, 404) : refuse(response, path, 404, "There is no such page.");
  }
  if ("movedTo" in found) {
    response.writeHead(301, { ...headersFor(path, undefined), Location: found.movedTo });
    return void response.end();
  }
  return send(request, response, path, found);
}

function refuse(response: ServerResponse, path: string, status: number, sentence: string): void {
  const headers = { ...headersFor(path, undefined), "Content-Type": "text/plain; charset=utf-8" };
  response.writeHead(status, { ...headers, "Cache-Control": "no-store" });
  response.end(response.req.method === "HEAD" ? undefined : `${sentence}\n`);
}

/** What is worth packing; the others are packed already. */
const PACKABLE = /^(text|application\/(json|manifest|xml|wasm)|image\/svg)/;
/** Smaller files are sent as they are. */
const LEAST_PACKED = 1024;

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { handle, size, modified, type }: FoundFile,
  status = 200,
): Promise<void> {
  try {
    const html = type.startsWith("text/html") ? await handle.readFile("utf8") : undefined;
    const isPackable = PACKABLE.test(type) && size >= LEAST_PACKED;
    const isPacked = isPackable && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    const tag = `W/"${size.toString(36)}-${Math.round(modified).toString(36)}"`;
    const headers = { ...headersFor(path, html), "Content-Type": type, ...(isPackable && { Vary: "Accept-Encoding" }) };
    if (status === 200) Object.assign(headers, { ETag: tag });
    else Object.assign(headers, { "Cache-Control": "no-store" });
    if (status === 200 && request.headers["if-none-match"] === tag) {
      response.writeHead(304, headers);
      return void response.end();
    }
    response.writeHead(status, {
      ...headers,
      ...(isPacked
        ? { "Content-Encoding": "gzip" }
        : { "Content-Length": html === undefined ? size : Buffer.byteLength(html) }),
    });
    if (request.method === "HEAD") return void response.end();
    const content = html === undefined ? handle.createReadStream({ autoClose: false }) : [Buffer.from(html)];
    await (isPacked ? pipeline(content, createGzip(), response) : pipeline(content, response));
  } finally {
    await handle.close();
  }
}
