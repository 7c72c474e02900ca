/**
 * A farm: tasks that need no exchange, each of which one machine does alone. The first machine gives the next task to
 * whichever is free, itself too, and takes what comes back, in the order in which it comes. All that travels:
 *
 *   first → other    TASK, the task      to a machine that is free
 *   other → first    RESULT, the result  what came of it
 *   other → first    BACK                it was not done: that machine is to stop
 *   first → other    OVER, a code        no more comes
 *
 * So each task has one answer, and a machine that waits asks from time to time instead of waiting in a call: timers and
 * signals go on meanwhile.
 */
import type { AbortLike } from "../signal.ts";
import type { Messenger } from "./group.ts";

const [TASK, RESULT, BACK, OVER] = [0, 1, 2, 3];
/** Milliseconds between two looks for messages. */
const LOOK = 5;

/** What is to be done, as bytes. */
export interface Work {
  /** The next task; undefined where none is to begin any more. */
  readonly next: () => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  readonly compute: Compute;
  /** Takes a result, and the machine that it comes from. No second one is taken before it has returned. */
  readonly take: (result: Uint8Array, rank: number) => void | Promise<void>;
  /** Aborted, nothing more begins. */
  readonly signal?: AbortLike;
}

/** Does a task, on any machine. */
type Compute = (task: Uint8Array) => Promise<Uint8Array>;

/** What came of a task. */
interface Answer {
  readonly rank: number;
  /** Undefined where it was not done. */
  readonly result: Uint8Array | undefined;
}

/**
 * Does all tasks, on the first machine with the others, which `serve`; without a messenger one after the other. Where
 * the signal is aborted, here or on another machine, nothing more begins; what is under way elsewhere is waited for and
 * taken. Says whether all was done. Rejects with the first error of `next`, `compute` or `take`.
 */
export async function farm(messenger: Messenger | undefined, work: Work): Promise<"done" | "stopped"> {
  const { next, take, signal } = work;
  const free = Array.from({ length: messenger?.size ?? 1 }, (_, rank) => rank);
  const own = new Own(work);
  let isOver = false;
  let isStopped = false;
  let underWay = 0;
  for (;;) {
    isStopped ||= signal?.aborted === true;
    while (free.length > 0 && !isOver && !isStopped) {
      const task = await next();
      isOver = task === undefined;
      isStopped ||= signal?.aborted === true;
      if (task === undefined || isStopped) break;
      const rank = free.shift() as number;
      if (rank === 0) own.begin(task);
      else messenger?.send(rank, tagged(TASK, task));
      underWay++;
    }
    if (underWay === 0) return isStopped ? "stopped" : "done";
    const { rank, result } = await answer(messenger, own);
    underWay--;
    free.push(rank);
    if (result === undefined) isStopped = true;
    else await take(result, rank);
  }
}

/** The next answer, of this machine or of another. */
async function answer(messenger: Messenger | undefined, own: Own): Promise<Answer> {
  for (;;) {
    const done = own.answer();
    if (done !== undefined) return done;
    const message = messenger?.receive();
    if (message === undefined) {
      await own.pause(messenger === undefined ? undefined : LOOK);
      continue;
    }
    const { from, bytes } = message;
    return { rank: from, result: bytes[0] === RESULT ? bytes.subarray(1) : undefined };
  }
}

/** The task that the first machine does itself. */
class Own {
  readonly #work: Work;
  #answer: Answer | { readonly error: unknown } | undefined;
  #wake = () => {};

  constructor(work: Work) {
    this.#work = work;
  }

  begin(task: Uint8Array): void {
    const end = (answer: Answer | { readonly error: unknown }) => {
      this.#answer = answer;
      this.#wake();
    };
    this.#work.compute(task).then(
      (result) => end({ rank: 0, result }),
      (error: unknown) => end(this.#work.signal?.aborted ? { rank: 0, result: undefined } : { error }),
    );
  }

  /** What came of it, once. Throws its error. */
  answer(): Answer | undefined {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer !== undefined && "error" in answer) throw answer.error;
    return answer;
  }

  /** Until it is done, or for so many milliseconds. */
  async pause(milliseconds?: number): Promise<void> {
    if (this.#answer !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (milliseconds !== undefined) setTimeout(resolve, milliseconds);
    });
  }
}

/**
 * What another machine does: the tasks that the first one gives it, until that one says that all is over. Gives the
 * code that `dismiss` was called with. Where the signal is aborted it gives its task back, and each that comes later.
 * Rejects with the error of `compute`: the machine has to end with it, and ends all.
 */
export async function serve(messenger: Messenger, compute: Compute, signal?: AbortLike): Promise<number> {
  for (;;) {
    const message = messenger.receive();
    if (message === undefined) {
      await new Promise<void>((resolve) => setTimeout(resolve, LOOK));
      continue;
    }
    const [kind, code] = message.bytes;
    if (kind === OVER) return code;
    messenger.send(0, await answerTo(message.bytes.subarray(1), compute, signal));
  }
}

async function answerTo(task: Uint8Array, compute: Compute, signal: AbortLike | undefined): Promise<Uint8Array> {
  if (signal?.aborted) return Uint8Array.of(BACK);
  try {
    return tagged(RESULT, await compute(task));
  } catch (error) {
    if (signal?.aborted) return Uint8Array.of(BACK);
    throw error;
  }
}

/** The first machine lets the others go, with a code from 0 to 255 that says how it ended. */
export function dismiss(messenger: Messenger, code = 0): void {
  for (let rank = 1; rank < messenger.size; rank++) messenger.send(rank, Uint8Array.of(OVER, code));
}

function tagged(kind: number, bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + bytes.length);
  message[0] = kind;
  message.set(bytes, 1);
  return message;
}
