/** The one input of a graph, as the place where a model begins. */
import { ModelFileError, type Shape } from "inkling";
import { coreAt, type Flow, MOST_NUMBERS, type Place, size } from "./flow.ts";
import { quoted } from "./quoted.ts";
import type { GraphProto, ModelProto } from "./schema.ts";

/** The standard's number for uint8. */
const UINT8 = 2;

export interface GraphInput {
  readonly place: Place;
  readonly flow: Flow & { readonly name: string };
  /** Whether the graph takes bytes by its type. */
  readonly isOfBytes: boolean;
}

/**
 * Throws a ModelFileError for a graph with several inputs, and for one whose examples are neither rows nor images, or
 * of a size that the file leaves open, unless `inputShape` tells it.
 */
export function inputOf(
  { graph, producer_name = "" }: ModelProto & { readonly graph: GraphProto },
  where: string,
  inputShape: Shape | undefined,
): GraphInput {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const refuse = (expected: string, got: string, advice = ""): never => {
    throw new ModelFileError(where, expected, got, `${advice} Nothing was loaded.`.trim());
  };
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    const names = inputs.map(({ name = "" }) => quoted(name)).join(", ");
    return refuse("a graph with one input", inputs.length === 0 ? "none" : names);
  }
  const { elem_type, shape } = input.type?.tensor_type ?? {};
  const said = shape?.dim.slice(1).map(({ dim_value = 0 }) => (dim_value > 0 ? dim_value : undefined));
  const dims = completed(said, inputShape);
  if (dims === undefined) {
    const text = said === undefined ? "an input of no shape" : `N × ${said.map((length) => length ?? "?").join(" × ")}`;
    return refuse("the lengths of an example", text, "Tell them as `inputShape`: height, width, channels.");
  }
  if (dims.length === 0 || dims.length > 3 || size(dims) > MOST_NUMBERS) {
    const most = `of at most ${MOST_NUMBERS} numbers`;
    refuse(`an input of N × columns, or of N images, ${most}`, `N × ${dims.join(" × ")}`);
  }
  const place: Place = { step: undefined, parent: undefined, shape: dims };
  const isChannelsFirst = ["pytorch", "tf2onnx"].includes(producer_name) ? producer_name === "pytorch" : undefined;
  const axes = { lengths: dims, memory: undefined, isChannelsFirst };
  const view = { axes, order: dims.map((_, axis) => axis), dims };
  return {
    place,
    flow: { kind: "flow", core: coreAt(place), view, name: input.name ?? "" },
    isOfBytes: elem_type === UINT8,
  };
}

/** The lengths that the file says, with those that it leaves open; undefined if nobody says them. */
function completed(
  said: readonly (number | undefined)[] | undefined,
  shape: Shape | undefined,
): readonly number[] | undefined {
  if (said?.every((length) => length !== undefined)) return said;
  if (shape === undefined) return undefined;
  const [height = 1, width = 1, channels = 1] = shape;
  const orders = [[channels, height, width], shape, [height, width], [size(shape)]];
  if (said === undefined) return shape;
  return orders.find(
    (lengths) => lengths.length === said.length && lengths.every((length, i) => [undefined, length].includes(said[i])),
  );
}
