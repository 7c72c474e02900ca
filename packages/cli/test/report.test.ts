// The page of --report: what is in it, and that a page of a hostile file does nothing.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeReport } from "../src/following/report.ts";
import { inklingInTurn } from "./in-turn.ts";
import { csv, flowers, houses, images } from "./tiny-data.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-report-"));
  await writeFile(join(directory, "digits.csv"), csv(images(200)).join("\n"));
  await writeFile(join(directory, "houses.csv"), houses(120).join("\n"));
  const hostile = flowers(90).join("\n").replaceAll("daisy", `"<script>alert('x')</script>"`);
  await writeFile(join(directory, "flowers.csv"), hostile.replace("length,", '"<img src=x onerror=a()>",'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = (...args: string[]) => inklingInTurn(directory, [...args, "--threads", "1", "--quiet"]);

/** The page, of which everything is inside, and that a reader of screens can read. */
async function pageOf(name: string) {
  const html = await readFile(join(directory, name), "utf8");
  const { document } = parseHTML(html);
  const all = (selector: string) => [...document.querySelectorAll(selector)] as HTMLElement[];
  expect(all("script, link, iframe, object, [onerror]")).toEqual([]);
  expect(html).not.toMatch(/(?:src|href)="(?!data:image\/png;base64,)/);
  for (const image of all("img")) expect(image.getAttribute("alt")).not.toBe("");
  for (const table of all("table")) expect(table.querySelector("caption")?.textContent).not.toBe("");
  const charts = all("figure > svg");
  for (const svg of charts) {
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.querySelector("title")?.textContent).not.toBe("");
    expect(svg.querySelector("desc")?.textContent).not.toBe("");
  }
  const ids = all("[id]").map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const text = (selector: string) => all(selector).map((element) => element.textContent ?? "");
  return { html, all, text, charts };
}

test("of images: curves, confusions, classes, mistakes and weights as pictures, and the command that repeats it", async () => {
  const args = [
    "--layers",
    "8",
    "--epochs",
    "3",
    "--learning-rate",
    "0.002",
    "--validation",
    "20",
    "--batch-size",
    "10",
  ];
  await run("train", "digits.csv", "--test", "digits.csv", ...args, "--report", "digits.html");
  const { all, text, charts } = await pageOf("digits.html");
  expect(text("h1")[0]).toMatch(/^digits\.csv: test accuracy \d/);
  const titles = ["How it went", "Confusions", "Classes", "The worst mistakes", "How sure it is", "Network"];
  expect(text("h2")).toEqual([...titles, "What the first layer looks for", "To repeat it"]);
  expect(charts).toHaveLength(5);
  const cells = all(".matrix tbody tr").map((row) =>
    [...row.querySelectorAll("td")].map((td) => Number(td.textContent)),
  );
  expect(cells).toHaveLength(10);
  expect(cells.flat().reduce((sum, n) => sum + n, 0)).toBe(200);
  const mistakes = 200 - cells.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  expect(all(".pictures:not(.tiny) img")).toHaveLength(Math.min(24, mistakes));
  expect(all(".pictures.tiny img")).toHaveLength(8);
  const [command = "", digest = ""] = text("pre").slice(-2);
  const again = await inklingInTurn(directory, [...command.split(" ").slice(1), "--json", "--threads", "1"]);
  expect(JSON.parse(again.stdout).weightsSha256).toBe(digest);
});

test("of numbers: what is predicted against what is true; of one epoch no curves of epochs", async () => {
  await run("train", "houses.csv", "--label", "price", "--epochs", "1", "--report", "houses.html");
  const { text, charts } = await pageOf("houses.html");
  expect(text("h2")).toContain("Predicted and true");
  expect(charts.map((svg) => svg.querySelector("title")?.textContent?.slice(0, 20))).toEqual([
    "The learning rate, o",
    "price: predicted aga",
    "price: predicted − t",
  ]);
});

test("names of a file are text, whatever they look like; of an ensemble each network has its curves", async () => {
  await run("train", "flowers.csv", "--label", "kind", "--epochs", "2", "--ensemble", "2", "--report", "flowers.html");
  const { html, text } = await pageOf("flowers.html");
  expect(html).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  expect(text("summary").slice(0, 2)).toEqual(["Network 1, as numbers", "Network 2, as numbers"]);
});

test("evaluate writes a page, too", async () => {
  await run("train", "digits.csv", "--layers", "8", "--epochs", "1", "--out", "digits.model");
  await run("evaluate", "digits.model", "digits.csv", "--report", "evaluated.html");
  const { text } = await pageOf("evaluated.html");
  expect(text("h1")[0]).toMatch(/^digits\.csv: accuracy \d/);
  expect(text("pre")).toContain("inkling evaluate digits.model digits.csv");
});

test("a training that diverges leaves a page that says why", async () => {
  const { code } = await run(
    "train",
    "digits.csv",
    "--optimizer",
    "sgd",
    "--learning-rate",
    "1e30",
    "--report",
    "far.html",
  );
  expect(code).toBe(3);
  const { text } = await pageOf("far.html");
  expect(text("h1")[0]).toBe("digits.csv: a training that diverged");
  expect(text(".warning")[0]).toContain("the loss became");
});

test("a page takes the place of a page, and of nothing else", async () => {
  const refused = async (path: string) => {
    const { code, stdout, stderr } = await run("train", "digits.csv", "--epochs", "1", "--report", path);
    expect([code, stdout]).toEqual([2, ""]);
    return stderr;
  };
  expect(await refused("digits.csv")).toContain("expected a new file, or a page to replace, got another file");
  expect(await refused("no/report.html")).toContain("Make the directory no first.");
  expect(await refused("model.safetensors")).toContain("expected another file than --out");
  await run("train", "digits.csv", "--epochs", "1", "--report", "twice.html");
  const before = await stat(join(directory, "twice.html"));
  await run("train", "digits.csv", "--epochs", "1", "--report", "twice.html");
  expect((await stat(join(directory, "twice.html"))).ino).not.toBe(before.ino);
});

test("a page that cannot be written is said, and nothing is thrown", async () => {
  const before = process.exitCode;
  await writeReport(join(directory, "gone/report.html"), async () => "");
  expect(process.exitCode).toBe(2);
  process.exitCode = before;
});
