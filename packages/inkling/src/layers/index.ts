/** What you need to write a kind of layer of your own. The entry inkling/layers; examples/scaled-skip.js is one. */
export {
  type Building,
  type Layer,
  type LayerKind,
  type LayerSpec,
  layerSpec,
  type Parameter,
  type Pass,
  type Tensor,
  type TensorSpec,
} from "./layer.ts";
export { initializers } from "./initializers.ts";
