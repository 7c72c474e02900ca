/** Event files that TensorBoard opens. The entry inkling-formats/tensorboard. */
export { type EventPicture, type EventValue, encodeEvent, eventFileHeader, type TensorBoardEvent } from "./events.ts";
export { type Histogram, histogramOf } from "./histogram.ts";
