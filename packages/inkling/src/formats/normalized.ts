/**
 * Inputs as another program's model wants them. Bytes enter our networks as x = byte / 255; many models of PyTorch were
 * trained on (x − mean) / deviation, channel by channel (transforms.Normalize). A convolution of 1 × 1 in front of
 * them does that, with padding behind it as there:
 *
 *   y_c = x_c · (1 / deviation_c) + (−mean_c / deviation_c)
 *
 * It is frozen, so that training goes on behind it.
 */
import { checkNumber } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { conv2d } from "../layers/conv2d.ts";
import { checkNetwork, Network } from "../network/network.ts";
import { shapeText } from "../shapes.ts";
import { shown } from "../shown.ts";

/**
 * The same network for images whose channels are not normalized yet, with its own memory; `means` and `deviations` are
 * one number a channel. Throws an ArgumentError for other numbers, and for a network that scales its inputs; a
 * ShapeError for a network that takes no images.
 *
 * @example
 * const model = await withNormalizedInputs(imported, [0.1307], [0.3081]);
 */
export async function withNormalizedInputs(
  model: Network,
  means: readonly number[],
  deviations: readonly number[],
): Promise<Network> {
  const where = "withNormalizedInputs";
  checkNetwork(where, model);
  const { inputShape, specs, backend, loss, classNames, targetNames, seed, scaling, targetScaling } = model;
  if (inputShape.length !== 3) {
    throw new ShapeError(where, "a network of images, height × width × channels", shapeText(inputShape));
  }
  if (scaling !== undefined) {
    const expected = "a network that takes its inputs as they are";
    throw new ArgumentError(where, expected, `one that scales ${scaling.columns} columns`);
  }
  const channels = inputShape[2];
  checkChannels(`${where}, means`, means, channels, () => true);
  checkChannels(`${where}, deviations`, deviations, channels, (deviation) => deviation > 0);
  const weights = new Float32Array(channels * channels);
  for (let c = 0; c < channels; c++) weights[c * channels + c] = 1 / deviations[c];
  const bias = deviations.map((deviation, c) => -means[c] / deviation);
  const initialValues = new Map<string, ArrayLike<number>>([
    ["layers.0.weights", weights],
    ["layers.0.bias", bias],
  ]);
  for (const { name, value } of model.tensors) {
    const moved = name.replace(/^layers\.(\d+)/, (_, i) => `layers.${Number(i) + 1}`);
    initialValues.set(moved, await backend.read(value));
  }
  const first = conv2d(channels, 1, { trainable: false });
  const names = { classNames, targetNames };
  return new Network(inputShape, [first, ...specs], { backend, loss, seed, targetScaling, ...names, initialValues });
}

function checkChannels(where: string, numbers: unknown, channels: number, holds: (value: number) => boolean): void {
  if (!Array.isArray(numbers) || numbers.length !== channels) {
    const got = Array.isArray(numbers) ? String(numbers.length) : shown(numbers);
    throw new ArgumentError(where, `${channels} numbers (one a channel)`, got);
  }
  for (const [c, value] of numbers.entries()) {
    checkNumber(`${where}[${c}]`, "a finite number, a deviation above 0", value, holds);
  }
}
