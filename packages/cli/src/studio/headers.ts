/**
 * What a browser is told with each answer. A page is isolated from all others, which its threads need; its policy comes
 * from the page itself (the site's build writes it there) and gets what only a header can say: who may show it in a
 * frame. Everybody may show a single figure (/fig/…).
 */

/** For what is no page; a worker obeys the policy of its own file. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'";

/** The headers of every answer but for what its body is. */
export function headersFor(path: string, html: string | undefined): Record<string, string> {
  const isFigure = /^\/fig\/./.test(path);
  const policy = (html === undefined ? undefined : policyIn(html)) ?? POLICY;
  return {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": isFigure ? "cross-origin" : "same-origin",
    "Content-Security-Policy": isFigure ? policy : `${policy}; frame-ancestors 'self'`,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    // A file with its digest in its name never changes; all others are asked for again, and mostly have not.
    "Cache-Control": isHashed(path) ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

/** Whether a file's name has the digest of what is in it: /assets/app.C4b-x_9d.js */
function isHashed(path: string): boolean {
  return /^\/(fig\/)?assets\/.*\.[\w-]{8,}\.\w+$/.test(path);
}

const ENTITIES: Readonly<Record<string, string>> = { "&#39;": "'", "&quot;": '"', "&amp;": "&" };

/** The policy that stands in a page; undefined where there is none. */
function policyIn(html: string): string | undefined {
  const content = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/i.exec(html)?.[1];
  // A header is one line.
  return content?.replace(/&(?:#39|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity).replace(/\s+/g, " ");
}
