/**
 * A graph while it is written: nodes, each under a name that says its place, and the constants that they take. A value
 * is called as the node that makes it.
 */
import type { AttributeProto, NodeProto, TensorProto } from "./schema.ts";
import { FLOAT, floatTensor, wholeTensor } from "./tensors.ts";

/** What a node is told besides its inputs: whole numbers in a list or alone, numbers, or a word. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | { readonly float: number }>>;

export class GraphWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];

  /** Adds a node and returns the name of its value. */
  add(operator: string, place: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.#free(place === "" ? operator : `${place}/${operator}`);
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.nodes.push({ input: inputs, output: [name], name, op_type: operator, attribute });
    return name;
  }

  /** Adds numbers under a name, rounded to float32, and returns it. */
  numbers(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    this.initializers.push(floatTensor(name, shape, values));
    return name;
  }

  /** The name of one number, which may be asked for often. */
  number(value: number): string {
    return this.#once(`number ${Math.fround(value)}`, (name) => floatTensor(name, [], [value]));
  }

  /** The name of one whole number; `shape` is [] or [1]. */
  whole(value: number, shape: readonly number[] = []): string {
    return this.#once(`whole ${value}${shape.length > 0 ? " in a list" : ""}`, (name) =>
      wholeTensor(name, shape, [value]),
    );
  }

  /** Calls a value by another name: an output of the graph. */
  rename(value: string, name: string): string {
    const at = this.nodes.findIndex(({ output }) => output.includes(value));
    if (at === -1) {
      this.nodes.push({ input: [value], output: [name], name, op_type: "Identity", attribute: [] });
      return name;
    }
    const swapped = (names: readonly string[]) => names.map((other) => (other === value ? name : other));
    for (const [i, node] of this.nodes.entries()) {
      this.nodes[i] = { ...node, input: swapped(node.input), output: swapped(node.output) };
    }
    return name;
  }

  #once(name: string, make: (name: string) => TensorProto): string {
    if (!this.initializers.some((tensor) => tensor.name === name)) this.initializers.push(make(name));
    return name;
  }

  /** The name, or with a number behind it if it is taken. */
  #free(name: string): string {
    const isTaken = (other: string) => this.nodes.some((node) => node.name === other);
    let free = name;
    for (let count = 2; isTaken(free); count++) free = `${name} ${count}`;
    return free;
  }
}

function attributeOf(name: string, value: Attributes[string]): AttributeProto {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: 3 };
  if ("float" in value) return { name, f: value.float, type: FLOAT };
  return { name, ints: value, type: 7 };
}
