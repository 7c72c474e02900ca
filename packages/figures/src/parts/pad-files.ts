/** How files come to a sheet: chosen, pasted or dropped. */
import type { ReactiveController } from "lit";
import type { InklingPad } from "./pad.ts";
import { fileIn } from "./pad-picture.ts";

export class PadFiles implements ReactiveController {
  readonly #pad: InklingPad;

  constructor(pad: InklingPad) {
    this.#pad = pad;
    pad.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("paste", this.onPaste);
  }

  hostDisconnected(): void {
    document.removeEventListener("paste", this.onPaste);
  }

  readonly onFile = async (event: Event) => {
    const pad = this.#pad;
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file !== undefined) await pad.load(file);
    // The same file can be chosen again.
    input.value = "";
  };

  readonly onPaste = (event: ClipboardEvent) => {
    const pad = this.#pad;
    const file = fileIn(event.clipboardData);
    const { activeElement } = document;
    // A page with several sheets: what is pasted goes to the one with the focus, else to the first.
    const isMine = pad.matches(":focus-within") || document.querySelector(pad.localName) === pad;
    const isFree = activeElement === null || activeElement === document.body || pad.contains(activeElement);
    if (file === undefined || event.defaultPrevented || !(isMine || isFree) || pad.plain) return;
    event.preventDefault();
    void pad.load(file);
  };

  readonly onDrag = (event: DragEvent) => {
    const pad = this.#pad;
    const isOver = event.type === "dragover" && !pad.plain && event.dataTransfer?.types.includes("Files") === true;
    if (isOver) event.preventDefault();
    pad.isDropping = isOver;
  };

  readonly onDrop = (event: DragEvent) => {
    const pad = this.#pad;
    pad.isDropping = false;
    const file = fileIn(event.dataTransfer);
    if (file === undefined || pad.plain) return;
    event.preventDefault();
    void pad.load(file);
  };
}
