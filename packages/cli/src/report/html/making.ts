/** How a model was made, as parts of a page: its network, its data and their digests, its options, the command. */
import type { Network } from "inkling";
import type { SetRecord } from "../../following/events.ts";
import type { Model } from "../../model.ts";
import { count, cut } from "../terminal.ts";
import { networkText } from "../training.ts";
import { details, escaped, type Html, paragraph, pictures, section, table } from "./page.ts";
import { sourceOf } from "./png.ts";
import { firstWeights } from "./weights.ts";

/** The networks of a model: of an ensemble its members. */
export function networksOf(model: Model): readonly Network[] {
  return "members" in model ? model.members : [model];
}

/** The layers, and what those of the first one look for. */
export async function networkSections(model: Model): Promise<Html[]> {
  const [first, ...others] = networksOf(model);
  if (first === undefined) return [];
  const same =
    others.length === 0 ? "" : paragraph(`${others.length + 1} networks of these layers. The first of them:`);
  return [
    section("Network", [same, paragraph(networkText(first)), pre(first.summary())]),
    section("What the first layer looks for", await weightPictures(first)),
  ];
}

async function weightPictures(model: Network): Promise<Html[]> {
  const found = await firstWeights(model);
  if (found === undefined) return [];
  const { layer, of, count: all, pictures: drawn, scale, channels } = found;
  const which = drawn.length === all ? `The ${count(all)} ${of}s` : `The first ${drawn.length} of ${count(all)} ${of}s`;
  const added = channels === 1 ? "" : ` The ${channels} channels are added up.`;
  const text =
    `${which} of ${layer}. Blue: ink there speaks for the ${of}. Orange: against it. White: it makes no difference. ` +
    `Full colour is a weight of ±${scale.toPrecision(2)} or more, in all pictures.${added}`;
  const images = await Promise.all(
    drawn.map(async (picture, i) => ({
      source: await sourceOf(picture),
      caption: String(i),
      says: `The weights of ${of} ${i} as a picture`,
    })),
  );
  return [paragraph(text), pictures(images, true)];
}

/** Data sets with their digests. */
export function dataTable(sets: Readonly<Record<string, SetRecord | undefined>>): Html {
  const rows = Object.entries(sets).flatMap(([part, set]) => {
    return set === undefined ? [] : [[part, set.name, count(set.examples), set.sha256 ?? "unknown"]];
  });
  return table(
    "Data sets, each with the SHA-256 of all that a training learns from",
    ["", "name", "examples", "SHA-256"],
    rows,
    4,
  );
}

/** Options as JSON holds them. */
export function optionsTable(configuration: Readonly<Record<string, unknown>>): Html {
  const rows = Object.entries(configuration).map(([name, value]) => {
    return [name, cut(typeof value === "string" ? value : (JSON.stringify(value) ?? ""), 500)];
  });
  return details("All options", table("What each option was", ["option", "value"], rows, 2));
}

/** What is said in a line each. */
export function facts(all: Readonly<Record<string, string | number | undefined>>): Html {
  const rows = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return table("Where and with what it was computed", [], rows, 2);
}

/** Text as it stands, as commands and tables of the terminal. */
export function pre(text: string): Html {
  return `<pre>${text.split("\n").map(escaped).join("\n")}</pre>`;
}
