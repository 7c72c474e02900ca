/** Figures of neural networks as custom elements: importing this defines them all. */
export { InklingMap, type PickDetail } from "./parts/map.ts";
export { InklingDraw } from "./panes/draw/draw.ts";
export { InklingJudge } from "./panes/judge/judge.ts";
export { type InkDetail, InklingPad } from "./parts/pad.ts";
export { Figure } from "./parts/figure.ts";
export { type Palette, palettes, type ScaleName, type ThemeName } from "./colours/palette.ts";
export { englishMessages, setLanguage, type Translation } from "./words/messages.ts";
export { type Example, exampleOf } from "./state/example.ts";
export { changed, commandOf, type Experiment, experimentOf } from "./state/experiment.ts";
export { fromHash, parts, type StudioState, toHash } from "./state/address.ts";
