/**
 * A file that Inkling wrote gives back its whole model: layers, names, seed, record. The texts of the model file are in
 * the metadata, the tensors in the graph. But a graph may have been changed since, by an optimiser say, and then the
 * texts would lie. So the model is written again, and only if that gives the same graph it is the file's.
 */
import { type Ensemble, InklingError, type Network } from "inkling";
import type { Backend } from "inkling/backends";
import { checkIntact, decodeAny, encodeTensors } from "inkling/formats";
import { transposed } from "./constants.ts";
import { graphOf, PIXELS_KEY } from "./encode.ts";
import type { AttributeProto, GraphProto, ModelProto, TensorProto } from "./schema.ts";
import { constantOf } from "./tensors.ts";

/** The model of a file of ours; without one, why the file is read as any other. Undefined for a file from elsewhere. */
export async function decodeOwn(
  { graph, metadata_props }: ModelProto & { readonly graph: GraphProto },
  where: string,
  backend: Backend | undefined,
): Promise<{ readonly model?: Network | Ensemble; readonly notes: readonly string[] } | undefined> {
  const texts = new Map(metadata_props.map(({ key = "", value = "" }) => [key, value]));
  const units = texts.get(PIXELS_KEY);
  if (units !== "bytes" && units !== "numbers") return undefined;
  const notes = ["The graph is not the one that Inkling wrote: it was read operator by operator."];
  try {
    const model = decodeAny(
      encodeTensors({ metadata: Object.fromEntries(metadataOf(texts)), tensors: tensorsOf(graph, where) }),
      {
        name: where,
        ...(backend && { backend }),
      },
    );
    const isOwn = await checkIntact(model).then(
      async () => isSameGraph(await graphOf(model, units), graph, where),
      () => false,
    );
    if (isOwn) return { model, notes: [] };
    model.close();
    return { notes };
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    return { notes };
  }
}

/** The texts of a model file. */
function metadataOf(texts: ReadonlyMap<string, string>): [string, string][] {
  const all = [...texts].filter(([key]) => /^(?:members\.\d+\.)?inkling\.\w+$/.test(key) && key !== PIXELS_KEY);
  return [["format", "inkling"], ...all];
}

/** The tensors of a model: convolutions in Inkling's order again. */
function tensorsOf(graph: GraphProto, where: string) {
  const own = graph.initializer.filter(({ name = "" }) => /(?:^|\.)layers\.\d+\.\w+$/.test(name));
  return own.map((tensor) => {
    const constant = constantOf(tensor, where);
    const { shape, values } = constant.shape.length === 4 ? transposed(constant, [2, 3, 1, 0]) : constant;
    return { name: tensor.name ?? "", shape, values: Float32Array.from(values) };
  });
}

function isSameGraph(a: GraphProto, b: GraphProto, where: string): boolean {
  const ends = ({ input, output }: GraphProto) => [input, output].map((list) => list.map(({ name }) => name).join());
  return (
    ends(a).join("|") === ends(b).join("|") &&
    JSON.stringify(a.node.map(plainNode)) === JSON.stringify(b.node.map(plainNode)) &&
    a.initializer.length === b.initializer.length &&
    a.initializer.every((tensor, i) => isSameTensor(tensor, b.initializer[i], where))
  );
}

/** A node as JSON: what it does and with what, not what it is called. */
function plainNode({ op_type, domain = "", input, output, attribute }: GraphProto["node"][number]) {
  const sorted = attribute.map(plainAttribute).toSorted((x, y) => (x.name < y.name ? -1 : 1));
  return { op_type, domain, input, output, attribute: sorted };
}

function plainAttribute({ name = "", f, i, s, ints = [] }: AttributeProto) {
  return { name, f: f === undefined ? undefined : Math.fround(f), i, s: s && Array.from(s), ints };
}

function isSameTensor(a: TensorProto, b: TensorProto | undefined, where: string): boolean {
  if (b === undefined || a.name !== b.name || a.dims.join() !== b.dims.join()) return false;
  const [x, y] = [constantOf(a, where).values, constantOf(b, where).values];
  for (let i = 0; i < x.length; i++) if (!Object.is(x[i], y[i])) return false;
  return x.length === y.length;
}
