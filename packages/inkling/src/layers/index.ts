/** What you need to write a kind of layer of your own. The entry inkling/layers; examples/scaled-skip.js is one. */
export {
  type Building,
  type CommonFields,
  type Layer,
  type LayerKind,
  type LayerSpec,
  layerSpec,
  type Parameter,
  type Pass,
  type Tensor,
  type TensorSpec,
} from "./layer.ts";
// For a kind that is made of other layers, as residual.ts is.
export { allLayers, describe, outputShape, tensorSpecs } from "./specs.ts";
export { initializers } from "./initializers.ts";
