// Trainings on data of one's own in the studio: the digests are Node's, and an address finds its data again.
import { train as trainNetwork } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { encodePng } from "inkling-formats/images";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawingsToLearn, npzFiles } from "../src/panes/draw/collection.ts";
import { readOwn } from "../src/panes/own/reading.ts";
import { prepare } from "../src/session/preparing.ts";
import { changed, type Experiment, experimentOn } from "../src/state/experiment.ts";
import type { OwnData } from "../src/state/own-data.ts";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";
import { csv, drawings, housesCsv, numbersCsv, picture } from "./own-files.ts";

/** A busy machine takes its time. */
const becomes = (question: () => Promise<unknown>) => expect.poll(question, { timeout: 60_000 });

async function digestInNode(experiment: Experiment): Promise<string> {
  const { backend } = await chooseBackend({ backend: "wasm", threads: 1 });
  const { data } = experiment;
  const examples = data === undefined || data.isAdded ? (await mnist()).train : data.train;
  const { model, train, options } = prepare(experiment, examples, backend);
  await trainNetwork(model, train, options);
  return model.weightsSha256();
}

describe.skipIf(!hasChromium)("a training on one's own data", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  async function opened(hash: string): Promise<{ page: Page; errors: readonly string[] }> {
    const found = await chromium.open("<inkling-studio></inkling-studio>");
    await found.page.evaluate(
      `localStorage.setItem("inkling-drawings", ${JSON.stringify(
        JSON.stringify({
          v: 1,
          drawings: drawings.map(({ label, pixels }) => ({ label, pixels: Buffer.from(pixels).toString("base64") })),
        }),
      )})`,
    );
    await found.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    return found;
  }
  const text = async (page: Page, selector: string) =>
    (await page.locator(`inkling-train ${selector}`).first().textContent())?.replace(/\s+/g, " ").trim();
  const notices = (page: Page) => page.locator("inkling-studio .notices li").allTextContents();
  /** Trains to the end, where the weights are those of the same training in Node. */
  const trainsAsNode = async (page: Page, experiment: Experiment) => {
    await page.locator("inkling-train .bar .main").click();
    await becomes(() => text(page, ".where")).toMatch(/^Done: \d+ epochs\.$/);
    await becomes(() => text(page, ".digest")).toBe(await digestInNode(experiment));
  };
  async function choose(page: Page, name: string, content: string, label: string, missing = ""): Promise<void> {
    await page.locator("inkling-own .options input.label").fill(label);
    await page.locator("inkling-own .options select.missing").selectOption(missing);
    const files = [{ name, buffer: Buffer.from(content), mimeType: "text/csv" }];
    await page.locator("inkling-own input.files").setInputFiles(files);
    await page.locator("inkling-own button.learn").click();
    await becomes(() => page.locator("inkling-train .data").isVisible()).toBe(true);
  }

  test("of a table: Node's digest, the command for it, and an address that asks for the file", async () => {
    const { page, errors } = await opened("#v=1&tab=own");
    await choose(page, "kinds.csv", csv, "kind");
    await expect
      .poll(() => text(page, ".data"))
      .toMatch(/kinds\.csv: 36 examples, each 2 numbers\. It is tested on 4 others\./);
    const data = await readOwn([{ path: "kinds.csv", file: new Blob([csv]) }], { label: "kind" });
    await trainsAsNode(page, experimentOn(data));
    await expect
      .poll(() => text(page, "code.command"))
      .toBe("inkling train kinds.csv --label kind --preset table --seed 1");
    expect(await seriousFindings(page)).toEqual([]);
    await becomes(() => page.evaluate("location.hash")).toMatch(/^#v=1&p=table&d=kinds\.csv&dh=[0-9a-f]{16}&at=200$/);
    // The panes look at these data.
    await page.getByRole("tab", { name: "Judge" }).click();
    await becomes(() => page.locator("inkling-judge .classes").textContent()).toMatch(/broad[\s\S]*tall/);
    await page.getByRole("tab", { name: "Look inside" }).click();
    await becomes(() => page.locator("inkling-inside header").textContent()).toMatch(/(broad|tall)/);
    // Its columns have their names: where they enter, in a neuron's sum, of a weight.
    const inside = (selector: string) => page.locator(`inkling-inside ${selector}`);
    await inside('[data-layer="input"]').click();
    await becomes(() => inside('[data-quantity="x"] inkling-bars ol').innerText()).toMatch(
      /width = \d[\s\S]*height = \d/,
    );
    await inside('[data-layer="layers.0"]').click();
    await becomes(() => inside("inkling-neuron ol:has(.bias)").innerText()).toMatch(/(width|height)/);
    await inside("inkling-picker canvas").click({ position: { x: 8, y: 8 } });
    await becomes(() => inside("inkling-weight h4").first().textContent()).toMatch(/its input is width$/);
    await page.reload();
    await becomes(() => notices(page)).toEqual([
      expect.stringMatching(/^This address is of a training on “kinds\.csv”/),
    ]);
    await page.getByRole("tab", { name: "Bring your own" }).click();
    await choose(page, "kinds.csv", csv.replace("0,0", "0,1"), "kind");
    await expect.poll(() => notices(page)).toEqual([expect.stringContaining("their digest is another")]);
    await becomes(() => text(page, ".where")).toBe("Ready. No step has been done.");
    await page.getByRole("button", { name: "Learn from MNIST again" }).click();
    await becomes(() => page.evaluate("location.hash")).toBe("#v=1&p=mlp&l=30&n=10000");
    expect(errors).toEqual([]);
  });

  test("is where its address says as soon as the file has come", async () => {
    const { page } = await opened("#v=1&tab=own");
    await choose(page, "kinds.csv", csv, "kind");
    await page.locator("inkling-train").getByRole("button", { name: "One step" }).click();
    await becomes(() => text(page, ".where")).toBe("Paused in epoch 1 of 100, after step 1 of 2.");
    const digest = await text(page, ".digest");
    await becomes(() => page.evaluate("location.hash")).toContain("at=1");
    await page.reload();
    await page.getByRole("tab", { name: "Bring your own" }).click();
    await choose(page, "kinds.csv", csv, "kind");
    await becomes(() => text(page, ".digest")).toBe(digest);
    await expect.poll(() => notices(page)).toEqual([]);
  });

  test("of numbers: with empty cells, without accuracies, and Node's digest", async () => {
    const { page, errors } = await opened("#v=1&tab=own");
    await choose(page, "prices.csv", numbersCsv, "price", "mean");
    const file = new Blob([numbersCsv]);
    const data = await readOwn([{ path: "prices.csv", file }], { label: "price", missing: "mean" });
    await trainsAsNode(page, experimentOn(data));
    await expect.poll(() => page.locator("inkling-train inkling-curves").count()).toBe(1);
    await expect.poll(() => text(page, "dl")).toMatch(/Loss in the test\s*0\.\d+/);
    // An empty cell is judged as it was learnt.
    await page.getByRole("tab", { name: "Judge" }).click();
    const measures = page.locator("inkling-judge table.measures");
    await becomes(() => measures.locator("td").allInnerTexts()).toHaveLength(11);
    expect(await measures.innerText()).toMatch(/R²\s+[\d.−]+\s+[\d.]+$/);
    expect(errors).toEqual([]);
  });

  test("of whole numbers that are predicted, without some columns: Node's digest, and the whole command", async () => {
    const { page, errors } = await opened("#v=1&tab=own");
    await page.locator("inkling-own input.ignore").fill("id, price");
    await page.locator("inkling-own input.words").fill("month");
    await page.locator("inkling-own select.task").selectOption("numbers");
    await choose(page, "houses.csv", housesCsv, "rooms");
    const data = await readOwn([{ path: "houses.csv", file: new Blob([housesCsv]) }], {
      ...{ label: "rooms", task: "numbers", ignore: ["id", "price"], words: ["month"] },
    });
    await trainsAsNode(page, experimentOn(data));
    await expect
      .poll(() => text(page, "code.command"))
      .toBe(
        "inkling train houses.csv --label rooms --words month --ignore id,price --preset table --loss meanSquared " +
          "--seed 1",
      );
    // Read in another way, the same file is not what the address asks for.
    await becomes(() => page.evaluate("location.hash")).toMatch(/&d=houses\.csv&dh=[0-9a-f]{16}&at=/);
    await page.reload();
    await page.getByRole("tab", { name: "Bring your own" }).click();
    await choose(page, "houses.csv", housesCsv, "rooms");
    await expect.poll(() => notices(page)).toEqual([expect.stringContaining("their digest is another")]);
    expect(errors).toEqual([]);
  });

  test.each<[string, () => Promise<{ path: string; bytes: Uint8Array }[]>, string | undefined]>([
    [
      "pictures",
      async () => {
        const paths = ["cats", "dogs"].flatMap((kind) => Array.from({ length: 8 }, (_, i) => `pets/${kind}/${i}.png`));
        return Promise.all(paths.map(async (path, i) => ({ path, bytes: await encodePng(picture(i)) })));
      },
      "inkling train pets --preset mlp --seed 1",
    ],
    [
      "arrays: of images in one file the command line tests on none, so that there is no command",
      async () => (await npzFiles(drawings)).map(([path, bytes]) => ({ path, bytes })),
      undefined,
    ],
  ])("of %s", async (_, made, command) => {
    const files = await made();
    const { page, errors } = await opened("#v=1&tab=own");
    // As a folder that is chosen: its paths stand in the files.
    await page.locator("inkling-own").evaluate(
      (pane: HTMLElement, all: { path: string; text: string }[]) => {
        const transfer = new DataTransfer();
        for (const { path, text } of all) {
          const file = new File(
            [Uint8Array.from(atob(text), (one) => one.charCodeAt(0))],
            path.split("/").at(-1) ?? "",
          );
          if (path.includes("/")) Object.defineProperty(file, "webkitRelativePath", { value: path });
          transfer.items.add(file);
        }
        const input = pane.shadowRoot?.querySelector("input.files") as HTMLInputElement;
        Object.defineProperty(input, "files", { configurable: true, value: transfer.files });
        input.dispatchEvent(new Event("change"));
      },
      files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString("base64") })),
    );
    await page.locator("inkling-own button.learn").click();
    await becomes(() => page.locator("inkling-train .data").isVisible()).toBe(true);
    const chosen = files.map(({ path, bytes }) => ({ path, file: new Blob([bytes as Uint8Array<ArrayBuffer>]) }));
    const experiment = experimentOn(await readOwn(chosen, {}));
    await trainsAsNode(page, experiment);
    const shown = page.locator("inkling-train code.command");
    if (command === undefined) await expect.poll(() => shown.count()).toBe(0);
    else await expect.poll(async () => (await shown.textContent())?.trim()).toBe(command);
    expect(errors).toEqual([]);
  });

  test("of drawings: alone, and besides MNIST; this browser finds them again", async () => {
    const { page, errors } = await opened("#v=1&tab=draw");
    await page.locator("inkling-drawings .learn-alone").click();
    await becomes(() => text(page, ".data")).toMatch(/Your drawings: 30 examples, .* tested on MNIST’s test images\./);
    const alone = drawingsToLearn(drawings, false) as OwnData;
    await trainsAsNode(page, experimentOn(alone));
    await expect
      .poll(() => text(page, "code.command"))
      .toBe("inkling train drawings.npz --classes 10 --preset mlp --seed 1");
    // The address follows at most twice a second.
    const { epochs, batchSize } = experimentOn(alone).configuration;
    const end = epochs * Math.ceil(30 / Number(batchSize));
    await becomes(() => page.evaluate("location.hash")).toContain(`at=${end}`);
    const address = await page.evaluate("location.hash");
    const digest = await text(page, ".digest");
    await page.reload();
    await becomes(() => text(page, ".digest")).toBe(digest);
    await becomes(async () => [await page.evaluate("location.hash"), await notices(page)]).toEqual([address, []]);

    await page.getByRole("tab", { name: "Draw" }).click();
    await page.locator("inkling-drawings .learn-added").click();
    await becomes(() => text(page, ".data")).toMatch(/30 of them, besides MNIST’s images/);
    await page.locator("inkling-train select[name=examples]").selectOption("100");
    await page.locator("inkling-train input[name=layers]").fill("8");
    await page.locator("inkling-train input[name=layers]").press("Enter");
    await becomes(() => page.evaluate("location.hash")).toMatch(/&l=8&n=100&d=Your\+drawings&dh=\w{16}&dm=1$/);
    const added = changed(experimentOn(drawingsToLearn(drawings, true) as OwnData), { examples: 100, layers: [8] });
    await trainsAsNode(page, added);
    await expect.poll(() => page.locator("inkling-train code.command").count()).toBe(0);
    expect(errors).toEqual([]);
  });
});
