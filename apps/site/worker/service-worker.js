/**
 * The site's service worker. tools/service-worker.js puts `site` before it: the version, and the digest of each file.
 *
 * 1. On a host that cannot send them it adds the headers of an isolated page, which threads need.
 * 2. It keeps the whole site for offline use, once a reader has asked for that.
 *
 * With a connection, what may change comes from the host, always: a page is never older than the host's. Only files
 * with their digest in their name come from the copy. A new version makes its own copy, with what is unchanged taken
 * from the old one, and the old one goes.
 */
const { scope } = self.registration;
const PREFIX = `inkling ${scope} `;
const COPY = PREFIX + site.version;
/** Written last: a copy that has it is whole. It holds the list of files, for the next version. */
const WHOLE = new URL("whole-copy.json", scope).href;
const AT_ONCE = 6;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await otherCopies()) {
        if (await caches.match(WHOLE, { cacheName: name })) await save(() => {}, new AbortController().signal);
      }
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      await Promise.all((await otherCopies()).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope)) event.respondWith(answer(request));
});

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  const controller = new AbortController();
  port.onmessage = () => controller.abort();
  const work = { save: () => save((bytes) => port.postMessage({ bytes }), controller.signal), remove }[event.data];
  event.waitUntil(
    work().then(
      () => port.postMessage({ done: true }),
      (error) => port.postMessage({ done: true, failed: String(error.message) }),
    ),
  );
});

/** The copies of other versions of this site. */
async function otherCopies() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== COPY);
}

async function answer(request) {
  const name = nameOf(request.url);
  if (isHashed(name)) {
    const kept = await keptFile(name);
    if (kept) return kept;
  }
  try {
    return isolated(await fetched(request, name), name);
  } catch (error) {
    const kept = (await keptFile(name)) ?? (request.mode === "navigate" ? await keptFile("404.html") : undefined);
    if (kept) return kept;
    if (name === "offline.json") return Response.json(about());
    throw error;
  }
}

/** From the host. What may change is asked for again, whatever the host says of its age. */
function fetched(request, name) {
  if (isHashed(name)) return fetch(request);
  const { redirect, credentials, headers, signal } = request;
  return fetch(request.url, { cache: "no-cache", redirect, credentials, headers, signal });
}

/** What offline.json says. */
function about() {
  return { version: site.version, files: Object.keys(site.files).length, bytes: site.bytes };
}

/** The file that an address means: /book/neuron is book/neuron.html. */
function nameOf(url) {
  const encoded = new URL(url).pathname.slice(new URL(scope).pathname.length);
  const path = /%(?![0-9a-f]{2})/i.test(encoded) ? encoded : decodeURI(encoded);
  const names = [path, `${path}.html`, `${path}${path === "" || path.endsWith("/") ? "" : "/"}index.html`];
  return names.find((name) => Object.hasOwn(site.files, name)) ?? path;
}

function isHashed(name) {
  return /^(fig\/)?assets\/.*\.[\w-]{8,}\.\w+$/.test(name);
}

function keptFile(name) {
  return caches.match(new URL(name, scope).href, { cacheName: COPY });
}

/** The same answer with the headers of an isolated page. */
function isolated(response, name) {
  if (response.type === "opaque" || response.type === "opaqueredirect" || response.type === "error") return response;
  const { status, statusText } = response;
  const hasBody = ![101, 204, 205, 304].includes(status);
  return new Response(hasBody ? response.body : null, {
    status,
    statusText,
    headers: isolating(response.headers, name),
  });
}

function isolating(original, name) {
  const headers = new Headers(original);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", name.startsWith("fig/") ? "cross-origin" : "same-origin");
  return headers;
}

/** Makes the copy whole; what it has already stays. Tells how many bytes it has, of site.bytes. */
async function save(tell, signal) {
  const [copy, before] = [await caches.open(COPY), await earlier()];
  const left = Object.entries(site.files);
  let bytes = 0;
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [name, file] = next;
      signal.throwIfAborted();
      const url = new URL(name, scope).href;
      if (!(await copy.match(url))) {
        await copy.put(url, (await unchanged(url, name, file, before)) ?? (await download(url, name, file, signal)));
      }
      bytes += file.bytes;
      tell(bytes);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await copy.put(WHOLE, Response.json(site.files));
}

/** The copies of earlier versions, each with its list of files. */
async function earlier() {
  const copies = await Promise.all(
    (await otherCopies()).map(async (name) => {
      const list = await caches.match(WHOLE, { cacheName: name });
      return list && { name, files: await list.json() };
    }),
  );
  return copies.filter((copy) => copy !== undefined);
}

async function unchanged(url, name, { sha256 }, before) {
  const copy = before.find(({ files }) => files[name]?.sha256[0] === sha256[0]);
  return copy && caches.match(url, { cacheName: copy.name });
}

/** A file of exactly this version: one of another would make a copy that does not fit together. */
async function download(url, name, { sha256 }, signal) {
  const response = await fetch(url, { cache: "no-cache", signal });
  if (!response.ok) throw new Error(`${name}: status ${response.status}`);
  const body = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!sha256.includes(hex)) throw new Error(`${name}: another version`);
  const headers = isolating(response.headers, name);
  // The body is unpacked.
  for (const header of ["Content-Encoding", "Content-Length"]) headers.delete(header);
  return new Response(body, { headers });
}

async function remove() {
  await caches.delete(COPY);
}
