/** The networks of the chapter on convolution, as the site's build has trained them, in Node. */
import { readFile } from "node:fs/promises";
import type { Network } from "inkling";
import { vi } from "vitest";
import { bookModel, convolutionModel } from "../src/index.ts";
import { makeSiteFiles } from "./site-files.ts";

export interface Networks {
  readonly dense: Network<"classes">;
  readonly convolution: Network<"classes">;
  /** Trained on moved digits. */
  readonly taught: Network<"classes">;
}

export async function convolutionNetworks(): Promise<Networks> {
  const folder = await makeSiteFiles();
  const base = "https://networks.test/";
  vi.stubGlobal("fetch", async (url: string) => {
    return new Response(new Uint8Array(await readFile(new URL(url.slice(base.length), folder))));
  });
  const [dense, convolution, taught] = await Promise.all([
    bookModel(base),
    convolutionModel("convolution", base),
    convolutionModel("convolution-shifted", base),
  ]);
  vi.unstubAllGlobals();
  return { dense, convolution, taught };
}
