/** A network as the body of a function: each layer is a call of one of the functions of module-code.ts. */
import type { Window } from "../backends/window.ts";
import type { ActivationFields } from "../layers/activation.ts";
import type { BatchNormFields } from "../layers/batch-norm.ts";
import type { Conv2dFields } from "../layers/conv2d.ts";
import type { DenseFields } from "../layers/dense.ts";
import type { LayerSpec } from "../layers/layer.ts";
import type { PoolFields } from "../layers/pool2d.ts";
import type { ResidualFields } from "../layers/residual.ts";
import { describe, outputShape } from "../layers/specs.ts";
import { windowOn } from "../layers/window-options.ts";
import type { Network } from "../network/network.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type { Shape } from "../shapes.ts";

export interface Forward {
  readonly code: string;
  /** The variables of the tensors, in the model's order. */
  readonly names: readonly string[];
  /** The layers that cannot be written. */
  readonly refused: readonly string[];
}

/** Writes the function `name` of a network, and adds to `functions` what it calls. `prefix`: of its tensors' names. */
export function forwardCode(model: Network, name: string, prefix: string, functions: Set<string>): Forward {
  // layers.3.weights as layers3_weights
  const variables = new Map(
    model.tensors.map(({ name: tensor }) => [
      tensor,
      `${prefix}${tensor.replace(/\.(\d+)/g, "$1").replaceAll(".", "_")}`,
    ]),
  );
  const writer = new Writer(model.inputShape, variables, functions);
  for (const [i, spec] of model.specs.entries()) writer.add(spec, `layers.${i}`, "  ");
  return {
    code: `function ${name}(x) {\n  let a = x;\n${writer.lines.join("\n")}\n  return a;\n}`,
    names: [...variables.values()],
    refused: writer.refused,
  };
}

class Writer {
  readonly lines: string[] = [];
  readonly refused: string[] = [];
  #shape: Shape;
  readonly #variables: ReadonlyMap<string, string>;
  readonly #functions: Set<string>;

  constructor(inputShape: Shape, variables: ReadonlyMap<string, string>, functions: Set<string>) {
    this.#shape = inputShape;
    this.#variables = variables;
    this.#functions = functions;
  }

  add(spec: LayerSpec, place: string, indent: string): void {
    const write = this.#writers[spec.type];
    if (write === undefined) {
      this.refused.push(`${place} (${describe(spec)})`);
    } else {
      this.lines.push(`${indent}// ${place}: ${describe(spec)}`);
      write(spec as never, place, indent);
    }
    this.#shape = outputShape(spec, this.#shape);
  }

  readonly #writers: Readonly<Record<string, (fields: never, place: string, indent: string) => void>> = {
    dense: ({ activation }: DenseFields, place: string, indent: string) => {
      this.#call(indent, "dense", `a, ${this.#tensors(place, "weights", "bias")}`);
      this.#activate(activation, indent);
    },
    conv2d: (fields: Conv2dFields, place: string, indent: string) => {
      const window = windowOn("conv2d", fields, this.#shape);
      this.#call(indent, "conv2d", `a, ${this.#tensors(place, "weights", "bias")}, ${windowCode(window, indent)}`);
      this.#activate(fields.activation, indent);
    },
    activation: ({ activation }: ActivationFields, _place: string, indent: string) =>
      this.#activate(activation, indent),
    maxPool2d: (fields: PoolFields, _place: string, indent: string) =>
      this.#pool(windowOn("maxPool2d", fields, this.#shape), "largestOf", indent),
    averagePool2d: (fields: PoolFields, _place: string, indent: string) =>
      this.#pool(windowOn("averagePool2d", fields, this.#shape), "meanOf", indent),
    globalAveragePool2d: (_fields: object, _place: string, indent: string) => {
      const [height, width] = this.#shape;
      this.#pool(windowOn("globalAveragePool2d", { window: [height, width] }, this.#shape), "meanOf", indent);
    },
    batchNorm: ({ epsilon }: BatchNormFields, place: string, indent: string) => {
      const tensors = this.#tensors(place, "scale", "shift", "mean", "variance");
      this.#call(indent, "batchNorm", `a, ${tensors}, ${epsilon}`);
    },
    // An image lies in memory as its row.
    flatten: () => {},
    // Numbers are dropped in training only.
    dropout: () => {},
    residual: ({ layers, scale }: ResidualFields, place: string, indent: string) => {
      this.lines.push(`${indent}{`, `${indent}  const before = a;`);
      for (const [i, layer] of layers.entries()) this.add(layer, `${place}.layers.${i}`, `${indent}  `);
      this.#call(`${indent}  `, "addScaled", `before, a, ${scale}`);
      this.lines.push(`${indent}}`);
    },
  };

  #call(indent: string, name: string, given: string): void {
    this.#functions.add(name);
    this.lines.push(`${indent}a = ${name}(${given});`);
  }

  #activate(activation: ActivationName, indent: string): void {
    if (activation === "identity") return;
    this.#functions.add(activation);
    this.lines.push(`${indent}a = a.map(${activation});`);
  }

  #pool(window: Window, choose: string, indent: string): void {
    this.#functions.add(choose);
    this.#call(indent, "pool", `a, ${windowCode(window, indent)}, ${choose}`);
  }

  #tensors(place: string, ...names: readonly string[]): string {
    return names.map((name) => this.#variables.get(`${place}.${name}`)).join(", ");
  }
}

function windowCode(window: Window, indent: string): string {
  const entries = Object.entries(window).map(([name, value]) => `${name}: ${value},`);
  const lines = [entries.slice(0, 9), entries.slice(9)].map((some) => `${indent}  ${some.join(" ")}`);
  return `{\n${lines.join("\n")}\n${indent}}`;
}
