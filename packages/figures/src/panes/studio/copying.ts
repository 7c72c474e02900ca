/**
 * The worker's network on the page, for panes that show it: copied when it stands still, else now and then. With it
 * come the optimizer that makes its next step, which examples it learns from, and the course of the weight that was
 * picked last.
 */
import { stands, type View } from "../../session/protocol.ts";
import type { Session } from "../../session/session.ts";
import type { Experiment } from "../../state/experiment.ts";
import type { WeightPickDetail } from "../inside/looking.ts";
import type { Material } from "./material.ts";

/** Milliseconds between two copies of a network that is learning. */
const COPIES = 1000;

export class Copying {
  readonly #material: Material;
  readonly #onChange: () => void;
  #copiedAt = Number.NEGATIVE_INFINITY;
  /** Of which moment the copy is. */
  #copied = "";
  /** Whether that copy knows what its examples looked like. */
  #isFamiliar = false;
  #isCopying = false;
  /** What was to be followed while a copy came. */
  #missed: Parameters<Copying["follow"]> | undefined;
  /** Of which training: it counts them. */
  #training = 0;
  /** The weight that was picked last: its tensor, and its place there. */
  #picked: readonly [tensor: string, place: number] | undefined;

  constructor(material: Material, onChange: () => void) {
    this.#material = material;
    this.#onChange = onChange;
  }

  /** Another training begins. */
  forget(): void {
    this.#copied = "";
    this.#missed = undefined;
    this.#training++;
  }

  /**
   * Copies what the session has, if it is another moment and a copy is due. `isFamiliar`: whether what is copied has to
   * know what its examples looked like.
   */
  async follow(session: Session, view: View, experiment: Experiment, isFamiliar: boolean): Promise<void> {
    const moment = JSON.stringify([view.total, view.changes, experiment.configuration]);
    const rests = stands(view);
    const isDue = view.phase === "running" && performance.now() - this.#copiedAt > COPIES;
    const isKnown = moment === this.#copied && (this.#isFamiliar || !(isFamiliar && rests));
    if (isKnown || !(rests || isDue)) return;
    if (this.#isCopying) {
      this.#missed = [session, view, experiment, isFamiliar];
      return;
    }
    this.#isCopying = true;
    const training = this.#training;
    try {
      const { model, optimizer, total } = await session.copy(isFamiliar);
      const places = this.#material.places ?? (await session.learnt());
      this.#copiedAt = performance.now();
      if (training !== this.#training) return;
      this.#copied = moment;
      this.#isFamiliar = isFamiliar && rests;
      Object.assign(this.#material, { trained: model, optimizer, total, places });
      await this.#recall(session);
      this.#onChange();
    } catch {
      // The session says what is wrong.
    } finally {
      this.#isCopying = false;
      const missed = this.#missed;
      this.#missed = undefined;
      if (missed !== undefined) void this.follow(...missed);
    }
  }

  async pick(session: Session, { layer, weight, place }: WeightPickDetail): Promise<void> {
    this.#picked = [`${layer}.${weight === undefined ? "bias" : "weights"}`, place];
    this.#material.history = undefined;
    await this.#recall(session);
    this.#onChange();
  }

  async #recall(session: Session): Promise<void> {
    const picked = this.#picked;
    if (picked === undefined) return;
    // A network of other layers has no such tensor.
    const history = await session.history(...picked).catch(() => undefined);
    if (picked === this.#picked) this.#material.history = history;
  }
}
