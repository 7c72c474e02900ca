import { expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { decodeModel, encodeModel } from "../formats/model-file.ts";
import { network } from "../network/network.ts";
import { activation } from "./activation.ts";
import { dense } from "./dense.ts";
import { flatten } from "./flatten.ts";

test("an activation by itself is the one of a dense layer", async () => {
  const ops = new Reference();
  const together = network([3], [dense(4, { activation: "tanh", initializer: "he" })], { backend: ops });
  const apart = network([3], [dense(4, { initializer: "he" }), activation("tanh")], { backend: ops });
  const [x, dA] = [ops.keep(2, 3), ops.keep(2, 4)];
  ops.write(x, [1, -2, 3, 0.5, 0, -1]);
  ops.write(dA, [1, 2, 3, 4, -1, -2, -3, -4]);
  const made = [together, apart].map((model) => {
    const a = model.forward(x);
    const dX = model.backward(dA, { wantsInput: true });
    return [a, dX, ...model.parameters.map(({ gradient }) => gradient)].map((matrix) => Array.from(dataOf(matrix)));
  });
  expect(made[1]).toEqual(made[0]);
});

const dataOf = (matrix: unknown) => (matrix as { data: Float32Array }).data;

test("any shape passes through, and a file brings it back", async () => {
  const model = network([2, 3, 4], [activation("sigmoid"), flatten(), dense(2)]);
  expect(model.summary().split("\n")[1]).toMatch(/^0 +sigmoid +2 × 3 × 4 +2 × 3 × 4 +0$/);
  expect(decodeModel(await encodeModel(model)).specs).toEqual(model.specs);
});

test("as the last layer it decides the loss; one that does nothing does not", () => {
  expect(network([2], [dense(3), activation("sigmoid")]).loss.type).toBe("quadratic");
  expect(network([2], [dense(3), activation("identity")]).loss.type).toBe("crossEntropy");
  expect(network([2], [dense(3, "sigmoid"), activation("identity")]).loss.type).toBe("quadratic");
});

test("an unknown name and a second argument are refused", () => {
  expect(() => activation("swish" as never)).toThrow("activation: expected activation to be one of identity, relu");
  expect(() => activation("relu", ...([0] as never[]))).toThrow("activation: expected");
});
