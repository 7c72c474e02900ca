/** Calls back as the pointer that went down on an element moves, until it is lifted. */
export function follow(target: Element, { pointerId }: PointerEvent, move: (event: PointerEvent) => void): void {
  target.setPointerCapture(pointerId);
  const moved = (event: Event) => move(event as PointerEvent);
  const end = () => target.removeEventListener("pointermove", moved);
  target.addEventListener("pointermove", moved);
  target.addEventListener("pointerup", end, { once: true });
  target.addEventListener("pointercancel", end, { once: true });
}
