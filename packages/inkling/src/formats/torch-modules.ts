/**
 * A network as PyTorch writes it: the modules of an nn.Sequential, and for each tensor of theirs which number of ours
 * stands at which place.
 *
 *   dense          W is (outputs × inputs) there: our transpose
 *   convolution    W is (filters × channels × rows × columns) there, images are channels × height × width
 *   after flatten  the columns of a dense layer come channel by channel there, pixel by pixel here
 *
 * Activations are modules of their own there, and count. What nn.Sequential lacks (a skip connection) is the class
 * `Residual` of `PRELUDE`.
 */
import { ArgumentError } from "../errors.ts";
import type { ActivationFields } from "../layers/activation.ts";
import type { BatchNormFields } from "../layers/batch-norm.ts";
import type { Conv2dFields } from "../layers/conv2d.ts";
import type { DenseFields } from "../layers/dense.ts";
import type { DropoutFields } from "../layers/dropout.ts";
import type { LayerSpec } from "../layers/layer.ts";
import type { PoolFields } from "../layers/pool2d.ts";
import type { ResidualFields } from "../layers/residual.ts";
import { describe, outputShape } from "../layers/specs.ts";
import type { ActivationName } from "../numbers/activations.ts";
import { type Shape, size } from "../shapes.ts";
import { convolutionModules, type Padded, poolModules } from "./torch-windows.ts";

/** A tensor of a module. */
export interface TorchTensor {
  /** Its name in the module: weight, bias, running_mean … */
  readonly part: string;
  /** Its name in the state dict: 0.weight */
  readonly name: string;
  readonly shape: Shape;
  /** Our tensor with its numbers: layers.0.weights; undefined for the count of batches, which we do not keep. */
  readonly ours: string | undefined;
  /** Number e of it is number source(e) of ours; the same place if absent. */
  readonly source?: (e: number) => number;
}

/** A module that has tensors. */
export interface TorchModule {
  readonly kind: "linear" | "convolution" | "norm";
  /** Our layer: layers.0 */
  readonly place: string;
  readonly tensors: readonly TorchTensor[];
}

export interface TorchNetwork {
  /** The modules of the nn.Sequential, as Python writes them. */
  readonly code: readonly string[];
  readonly modules: readonly TorchModule[];
  readonly hasResidual: boolean;
}

/** The class that a network with `residual` layers needs, in Python. */
export const PRELUDE = `class Residual(nn.Module):
    """y = x + scale * f(x), where f is the layers one after the other"""

    def __init__(self, *layers, scale=1.0):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.scale = scale

    def forward(self, x):
        return x + self.scale * self.layers(x)
`;

const ACTIVATIONS: Readonly<Record<ActivationName, string>> = {
  identity: "nn.Identity()",
  relu: "nn.ReLU()",
  leakyRelu: "nn.LeakyReLU(0.01)",
  sigmoid: "nn.Sigmoid()",
  tanh: "nn.Tanh()",
  gelu: "nn.GELU()",
  silu: "nn.SiLU()",
  elu: "nn.ELU()",
};

/** The modules of a network. Throws an ArgumentError, in the name of `where`, that names all layers without any. */
export function torchNetwork(where: string, inputShape: Shape, specs: readonly LayerSpec[]): TorchNetwork {
  const writer = new Writer("", inputShape);
  for (const [i, spec] of specs.entries()) writer.add(spec, `layers.${i}`);
  writer.end();
  if (writer.refused.length > 0) {
    const expected = "layers that PyTorch has modules for";
    throw new ArgumentError(where, expected, writer.refused.join("; "), "Nothing was written.");
  }
  return { code: writer.code, modules: writer.modules, hasResidual: writer.hasResidual };
}

/** Writes the modules of one nn.Sequential, one after the other. */
class Writer {
  readonly code: string[] = [];
  readonly modules: TorchModule[] = [];
  readonly refused: string[] = [];
  hasResidual = false;
  readonly #prefix: string;
  #shape: Shape;
  /** Of a row that was an image: its column j there is column #order(j) of ours. */
  #order: ((column: number) => number) | undefined;

  /** `prefix`: what stands before its modules' numbers, as "3.layers.". */
  constructor(prefix: string, inputShape: Shape) {
    this.#prefix = prefix;
    this.#shape = inputShape;
  }

  add(spec: LayerSpec, place: string): void {
    const write = this.#writers[spec.type];
    if (write === undefined) this.refused.push(`${place} (${describe(spec)})`);
    else write(spec as never, place);
    this.#shape = outputShape(spec, this.#shape);
  }

  /** After the last layer: what comes out has to be a row, in our order. */
  end(): void {
    if (this.#shape.length !== 1) this.#flatten();
    if (this.#order !== undefined) {
      this.refused.push("outputs that are the pixels of an image (put a dense layer at the end)");
    }
  }

  readonly #writers: Readonly<Record<string, (fields: never, place: string) => void>> = {
    dense: ({ outputs, activation }: DenseFields, place: string) => {
      if (this.#shape.length !== 1) this.#flatten();
      const inputs = size(this.#shape);
      const order = this.#order ?? ((column: number) => column);
      this.#module("linear", place, `nn.Linear(${inputs}, ${outputs})`, [
        // W[o, j] = ours[order(j), o]
        ["weight", [outputs, inputs], "weights", (e) => order(e % inputs) * outputs + Math.floor(e / inputs)],
        ["bias", [outputs], "bias"],
      ]);
      this.#order = undefined;
      if (activation !== "identity") this.code.push(ACTIVATIONS[activation]);
    },
    conv2d: (fields: Conv2dFields, place: string) => {
      const { filters, activation } = fields;
      const { before, module, window } = convolutionModules(fields, this.#shape);
      this.code.push(...before);
      const { rows, columns, channels } = window;
      const tap = (e: number) => {
        const [c, y, x] = [Math.floor(e / (rows * columns)) % channels, Math.floor(e / columns) % rows, e % columns];
        return (y * columns + x) * channels + c;
      };
      this.#module("convolution", place, module, [
        // W[f, c, y, x] = ours[y, x, c, f]
        [
          "weight",
          [filters, channels, rows, columns],
          "weights",
          (e) => tap(e) * filters + Math.floor(e / (rows * columns * channels)),
        ],
        ["bias", [filters], "bias"],
      ]);
      if (activation !== "identity") this.code.push(ACTIVATIONS[activation]);
    },
    activation: ({ activation }: ActivationFields) => this.code.push(ACTIVATIONS[activation]),
    maxPool2d: (fields: PoolFields, place: string) => this.#pool("maxPool2d", fields, place),
    averagePool2d: (fields: PoolFields, place: string) => this.#pool("averagePool2d", fields, place),
    globalAveragePool2d: () => this.code.push("nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"),
    flatten: () => this.#flatten(),
    dropout: ({ rate }: DropoutFields) => this.code.push(`nn.Dropout(${rate})`),
    batchNorm: ({ momentum, epsilon }: BatchNormFields, place: string) => {
      const channels = this.#shape[this.#shape.length - 1];
      const order = this.#order;
      const kind = this.#shape.length === 3 ? "BatchNorm2d" : "BatchNorm1d";
      this.#module("norm", place, `nn.${kind}(${channels}, eps=${epsilon}, momentum=${momentum})`, [
        ["weight", [channels], "scale", order],
        ["bias", [channels], "shift", order],
        ["running_mean", [channels], "mean", order],
        ["running_var", [channels], "variance", order],
        ["num_batches_tracked", [], undefined],
      ]);
    },
    residual: ({ layers, scale }: ResidualFields, place: string) => {
      if (this.#order !== undefined) {
        this.refused.push(`${place} (residual right after an image became a row; put a dense layer between them)`);
        return;
      }
      this.hasResidual = true;
      const inner = new Writer(`${this.#prefix}${this.code.length}.layers.`, this.#shape);
      for (const [i, layer] of layers.entries()) inner.add(layer, `${place}.layers.${i}`);
      this.refused.push(...inner.refused);
      this.modules.push(...inner.modules);
      const parts = scale === 1 ? inner.code : [...inner.code, `scale=${scale}`];
      this.code.push(`Residual(${parts.join(", ")})`);
    },
  };

  #pool(type: "maxPool2d" | "averagePool2d", fields: PoolFields, place: string): void {
    const found: Padded | undefined = poolModules(type, fields, this.#shape);
    if (found === undefined) this.refused.push(`${place} (average pooling with more padding on one side)`);
    else this.code.push(...found.before, found.module);
  }

  #flatten(): void {
    this.code.push("nn.Flatten()");
    if (this.#shape.length === 3) this.#order = channelsFirst(this.#shape);
    this.#shape = [size(this.#shape)];
  }

  #module(
    kind: TorchModule["kind"],
    place: string,
    code: string,
    tensors: readonly (readonly [
      part: string,
      shape: Shape,
      ours: string | undefined,
      source?: ((e: number) => number) | undefined,
    ])[],
  ): void {
    const name = `${this.#prefix}${this.code.length}`;
    this.code.push(code);
    this.modules.push({
      kind,
      place,
      tensors: tensors.map(([part, shape, ours, source]) => ({
        part,
        name: `${name}.${part}`,
        shape,
        ours: ours && `${place}.${ours}`,
        ...(source && { source }),
      })),
    });
  }
}

/** Which of our columns each one is of an image that became a row channel by channel; undefined where none moves. */
function channelsFirst([height, width, channels]: Shape): ((column: number) => number) | undefined {
  const pixels = height * width;
  if (channels === 1 || pixels === 1) return undefined;
  return (j) => (j % pixels) * channels + Math.floor(j / pixels);
}
