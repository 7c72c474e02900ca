/** Figures of neural networks as custom elements: importing this defines them all. */
export { InklingMap, type PickDetail } from "./parts/map.ts";
export { InklingDraw } from "./panes/draw/draw.ts";
export { InklingInside } from "./panes/inside/inside.ts";
export { InklingJudge } from "./panes/judge/judge.ts";
export { InklingOwn, type ModelDetail } from "./panes/own/own.ts";
export { type InkDetail, InklingPad } from "./parts/pad.ts";
export { Figure } from "./parts/figure.ts";
export { type Palette, palettes, type ScaleName, type ThemeName } from "./colours/palette.ts";
export { englishMessages, setLanguage, type Translation } from "./words/messages.ts";
export { type Example, exampleOf } from "./state/example.ts";
export { changed, commandOf, type Experiment, experimentOf } from "./state/experiment.ts";
export { fromHash, parts, type StudioState, toHash } from "./state/address.ts";
export { dataBase } from "./data/base.ts";
export { bookModel } from "./data/book-model.ts";
export { type Digits, type LoadProgress, openDigits } from "./data/digits.ts";
export { LoadError, type LoadOptions } from "./data/fetching.ts";
export { Session, type SessionOptions } from "./session/session.ts";
export { workersFrom } from "./session/start.ts";
