/**
 * Loads each element's module when the element comes near the window: a page with twenty figures begins with those that
 * are seen. Until the reader does something, a page loads nothing but what the window shows a good part of: his first
 * scroll, touch or key brings what is near, too. Figures and panes stand in the table below, each with the module that
 * defines it.
 */
import { words } from "./loader.words.ts";

export { isolatePage } from "./offline/isolate.ts";
export { setLanguage } from "./words/messages.ts";

/** From the name without "inkling-" to the module. */
const modules: Readonly<Record<string, () => Promise<unknown>>> = {
  map: () => import("./parts/map.ts"),
  pad: () => import("./parts/pad.ts"),
  offline: () => import("./offline/offline.ts"),
  // The book's figures.
  "f01-pixels": () => import("./figures/f01-pixels.ts"),
  "f02-line": () => import("./figures/f02-line.ts"),
  "f03-activation": () => import("./figures/f03-activation.ts"),
  "f04-sum": () => import("./figures/f04-sum.ts"),
  "f05-softmax": () => import("./figures/f05-softmax.ts"),
  "f06-loss": () => import("./figures/f06-loss.ts"),
  "f07-mean-loss": () => import("./figures/f07-mean-loss.ts"),
  "f08-slope": () => import("./figures/f08-slope.ts"),
  "f09-slices": () => import("./figures/f09-slices.ts"),
  "f10-cost": () => import("./figures/f10-cost.ts"),
  "f11-gears": () => import("./figures/f11-gears.ts"),
  "f12-paths": () => import("./figures/f12-paths.ts"),
  "f13-directions": () => import("./figures/f13-directions.ts"),
  "f14-output-error": () => import("./figures/f14-output-error.ts"),
  "f15-hidden-error": () => import("./figures/f15-hidden-error.ts"),
  "f16-bias-gradient": () => import("./figures/f16-bias-gradient.ts"),
  "f17-weight-gradients": () => import("./figures/f17-weight-gradients.ts"),
  "f18-proof": () => import("./figures/f18-proof.ts"),
  "f19-planted-bug": () => import("./figures/f19-planted-bug.ts"),
  "f20-learning-rate": () => import("./figures/f20-learning-rate.ts"),
  "f21-batch": () => import("./figures/f21-batch.ts"),
  "f22-one-step": () => import("./figures/f22-one-step.ts"),
  "f23-two-starts": () => import("./figures/f23-two-starts.ts"),
  "f24-generalisation": () => import("./figures/f24-generalisation.ts"),
  "f25-sure": () => import("./figures/f25-sure.ts"),
  "f26-overfitting": () => import("./figures/f26-overfitting.ts"),
  "f27-vanishing": () => import("./figures/f27-vanishing.ts"),
  "f28-optimizers": () => import("./figures/f28-optimizers.ts"),
  "f29-slow-start": () => import("./figures/f29-slow-start.ts"),
  "f30-window": () => import("./figures/f30-window.ts"),
  "f31-conv-gradient": () => import("./figures/f31-conv-gradient.ts"),
  "f32-shift": () => import("./figures/f32-shift.ts"),
  "f33-order": () => import("./figures/f33-order.ts"),
  "f34-race": () => import("./figures/f34-race.ts"),
  "f35-lanes": () => import("./figures/f35-lanes.ts"),
  "f36-digest": () => import("./figures/f36-digest.ts"),
  "f37-workers": () => import("./figures/f37-workers.ts"),
  "f38-roofline": () => import("./figures/f38-roofline.ts"),
  // The studio and its panes.
  begin: () => import("./panes/draw/begin.ts"),
  studio: () => import("./panes/studio/studio.ts"),
  train: () => import("./panes/train/train.ts"),
  draw: () => import("./panes/draw/draw.ts"),
  inside: () => import("./panes/inside/inside.ts"),
  judge: () => import("./panes/judge/judge.ts"),
  own: () => import("./panes/own/own.ts"),
};

/** How far from the window a figure is when its module is asked for, once the reader has begun. */
const NEAR = "600px";
/** Before that, so much of it has to be in the window. */
const A_GOOD_PART = 0.25;

/** All names that can be loaded. */
export const figureNames: readonly string[] = Object.keys(modules);

/** Watches the elements of a page (or of one part of it), and loads each kind before it is seen. Call it again when
 * the page has changed. */
export function loadFigures(root: ParentNode = document): void {
  for (const name of figureNames) {
    if (customElements.get(`inkling-${name}`) !== undefined) continue;
    for (const element of root.querySelectorAll(`inkling-${name}`)) {
      if (!hasActed) unloaded.add(element);
      near().observe(element);
    }
  }
}

/** Loads one kind of element by name now. */
export async function loadFigure(name: string): Promise<void> {
  await modules[name]?.();
}

/** Calls back when the reader first does something with the page; at once if he has. */
export function onFirstAct(begin: () => void): void {
  if (hasActed) begin();
  else waiting.push(begin);
  if (waiting.length === 1) for (const act of ACTS) addEventListener(act, acted, { capture: true, passive: true });
}

const ACTS = ["scroll", "wheel", "pointermove", "pointerdown", "touchstart", "keydown"] as const;
let hasActed = false;
let waiting: (() => void)[] = [];

function acted(event: Event): void {
  // A pointer that rests is said to move, too, when the page under it has changed.
  if (event instanceof PointerEvent && event.type === "pointermove" && event.movementX === 0 && event.movementY === 0) {
    return;
  }
  hasActed = true;
  for (const act of ACTS) removeEventListener(act, acted, { capture: true });
  const begun = waiting;
  waiting = [];
  for (const begin of begun) begin();
}

/** What waits for the reader's first act, or to be seen. */
const unloaded = new Set<Element>();
let observer: IntersectionObserver | undefined;

function near(): IntersectionObserver {
  if (observer !== undefined) return observer;
  observer = observing({ threshold: A_GOOD_PART });
  onFirstAct(() => {
    observer?.disconnect();
    observer = observing({ rootMargin: NEAR });
    for (const element of unloaded) observer.observe(element);
    unloaded.clear();
  });
  return observer;
}

/** Says below the picture that stands between a figure's tags that there is no more. */
function sayFailed(figure: Element): void {
  const said = figure.appendChild(document.createElement("p"));
  said.role = "alert";
  said.textContent = words().failed;
}

function observing(options: IntersectionObserverInit): IntersectionObserver {
  const least = typeof options.threshold === "number" ? options.threshold : 0;
  return new IntersectionObserver((entries, self) => {
    for (const { isIntersecting, intersectionRatio, target } of entries) {
      if (!isIntersecting || intersectionRatio < least) continue;
      self.unobserve(target);
      unloaded.delete(target);
      loadFigure(target.localName.slice("inkling-".length)).catch(() => sayFailed(target));
    }
  }, options);
}
