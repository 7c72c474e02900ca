/**
 * A group of machines over MPI_COMM_WORLD: all processes that one launcher started. Bytes are exchanged, nothing is
 * added: the order of every sum is the library's law, and MPI's own sums (MPI_Allreduce) have another.
 *
 *   exchange   MPI_Alltoallv of MPI_BYTE
 *   gather     MPI_Allgatherv of MPI_BYTE
 *   barrier    MPI_Barrier
 *   send       MPI_Send of MPI_BYTE
 *   receive    MPI_Iprobe, and MPI_Recv of what is there: it does not wait
 *
 * A call of MPI waits in C: no timer ticks meanwhile and no signal's handler runs.
 */
import { writeSync } from "node:fs";
import { inspect } from "node:util";
import { isMainThread } from "node:worker_threads";
import type { Group, Message, Messenger, Pieces } from "inkling/groups";
import { bind, type Mpi } from "./bindings.ts";
import { MpiError } from "./errors.ts";
import { type Launch, launched } from "./launcher.ts";
import { type Library, openLibrary } from "./library.ts";
import { checkApart, checkLength, checkOther, checkOwn, checkPieces } from "./pieces.ts";

/** A group that has begun. It ends with its process, or when it is closed. */
export interface MpiGroup extends Group, Messenger {
  /** The MPI that carries the bytes, for example "Open MPI v4.1.4 (libmpi.so.40)". */
  readonly library: string;
  /** Leaves the group, when all ranks do (MPI_Finalize). A process can start no second one. */
  close(): void;
  /** Ends the processes of all ranks at once (MPI_Abort). The launcher exits with this code, from 1 to 255. */
  abort(code: number): never;
}

let started: Promise<MpiGroup> | undefined;

/**
 * The group of this process: all processes that its launcher started, or it alone where no launcher did. Starts the
 * installed MPI at the first call; later calls give the same group. Only the main thread may ask, and only it may use
 * the group.
 *
 * A process that ends with code 0 leaves the group, and waits until the others leave it too. One that ends with another
 * code, as after an error that nobody caught, ends all others: they would wait for it for ever.
 */
export function startGroup(): Promise<MpiGroup> {
  started ??= start(process.env);
  return started;
}

async function start(environment: NodeJS.ProcessEnv): Promise<MpiGroup> {
  if (!isMainThread) throw new MpiError("startGroup", "the main thread", "a worker", "A process is one rank.");
  // UCX carries the bytes of many builds of MPI. It takes the signal by which V8 makes an error of an access outside of
  // a WebAssembly memory, and would end the process instead. It reads this variable when it is loaded.
  environment.UCX_ERROR_SIGNALS ??= "";
  const launch = launched(environment);
  if (launch?.launcher === "slurm" && launch.size !== 1) {
    throw new MpiError(
      "startGroup",
      "srun to connect its ranks",
      `rank ${launch.rank} of ${launch.size} without PMI`,
      "Use srun --mpi=pmix with Open MPI, srun --mpi=pmi2 with MPICH, or mpirun.",
    );
  }
  const library = await openLibrary(environment, launch);
  // MPICH 5 ends the process in MPI_Init, with a page of its own, where Open MPI's mpirun started it.
  if (launch?.launcher === "open-mpi" && !/Open MPI/.test(library.version)) {
    throw foreign(launch, `${nameOf(library)}, of another family`);
  }
  const mpi = bind(library);
  const code = mpi.init();
  if (code !== 0) throw new MpiError("startGroup", "MPI_Init_thread to succeed", mpi.errorText(code));
  const [rank, size] = [mpi.rank(), mpi.size()];
  if (launch && !belongs(launch, rank, size)) {
    mpi.finalize();
    throw foreign(launch, `rank ${rank} of ${size} from ${nameOf(library)}`);
  }
  mpi.returnErrors();
  const group = new RankOf(mpi, rank, size, nameOf(library));
  // Node prints an error that nobody caught after "exit", and then this process is no more.
  let uncaught = "";
  process.on("uncaughtExceptionMonitor", (error) => {
    if (process.listenerCount("uncaughtException") === 0) uncaught = `${inspect(error)}\n`;
  });
  process.on("exit", (exitCode) => group.end(exitCode, uncaught));
  return group;
}

/** Exported for its test: whether the library found the processes that the launcher started. */
export function belongs(launch: Launch, rank: number, size: number): boolean {
  return rank === launch.rank && size === (launch.size ?? size);
}

function foreign(launch: Launch, got: string): MpiError {
  return new MpiError(
    "startGroup",
    `a library that finds rank ${launch.rank} of ${launch.size ?? "several"}, as the launcher says`,
    got,
    "This library does not belong to that launcher: use the mpirun that was installed with the library, " +
      "or name the launcher's library with INKLING_MPI_LIBRARY.",
  );
}

function nameOf({ version, path }: Library): string {
  return `${version} (${path})`;
}

function closedError(where: string): MpiError {
  return new MpiError(where, "a group that is open", "one that was closed");
}

class RankOf implements MpiGroup {
  readonly rank: number;
  readonly size: number;
  readonly library: string;
  readonly #mpi: Mpi;
  /** The rank whose message came last. */
  #heard = 0;
  /** After a call that failed, ranks may wait for each other for ever: such a group can only be aborted. */
  #state: "open" | "failed" | "closed" = "open";

  constructor(mpi: Mpi, rank: number, size: number, library: string) {
    this.#mpi = mpi;
    this.rank = rank;
    this.size = size;
    this.library = library;
  }

  exchange(sent: Uint8Array, sending: Pieces, received: Uint8Array, receiving: Pieces): void {
    const where = this.#enter("exchange");
    checkPieces(where, "sent", sent, sending, this.size);
    checkPieces(where, "received", received, receiving, this.size);
    checkApart(where, "sent and received", sent, received);
    checkOwn(where, "its own piece", receiving.counts[this.rank] ?? 0, sending.counts[this.rank] ?? 0);
    const { alltoallv } = this.#mpi;
    const code = alltoallv(sent, sending.counts, sending.offsets, received, receiving.counts, receiving.offsets);
    this.#leave(where, "MPI_Alltoallv", code);
  }

  gather(own: Uint8Array, all: Uint8Array, pieces: Pieces): void {
    const where = this.#enter("gather");
    checkPieces(where, "all", all, pieces, this.size);
    checkApart(where, "own and all", own, all);
    checkOwn(where, "own", own.byteLength, pieces.counts[this.rank] ?? 0);
    this.#leave(where, "MPI_Allgatherv", this.#mpi.allgatherv(own, all, pieces.counts, pieces.offsets));
  }

  barrier(): void {
    const where = this.#enter("barrier");
    this.#leave(where, "MPI_Barrier", this.#mpi.barrier());
  }

  send(to: number, bytes: Uint8Array): void {
    const where = this.#enter("send");
    checkOther(where, to, this.rank, this.size);
    checkLength(where, bytes);
    this.#leave(where, "MPI_Send", this.#mpi.send(bytes, to));
  }

  receive(): Message | undefined {
    const where = this.#enter("receive");
    // Who was heard last is asked last.
    for (let i = 1; i <= this.size; i++) {
      const from = (this.#heard + i) % this.size;
      if (from === this.rank) continue;
      const { code, count } = this.#mpi.probe(from);
      this.#leave(where, "MPI_Iprobe", code);
      if (count < 0) continue;
      const bytes = new Uint8Array(count);
      this.#leave(where, "MPI_Recv", this.#mpi.receive(bytes, from));
      this.#heard = from;
      return { from, bytes };
    }
    return undefined;
  }

  close(): void {
    if (this.#state === "closed") return;
    const where = this.#enter("close");
    this.#state = "closed";
    this.#leave(where, "MPI_Finalize", this.#mpi.finalize());
  }

  abort(code: number): never {
    const where = this.#where("abort");
    if (this.#state === "closed") throw closedError(where);
    if (!Number.isInteger(code) || code < 1 || code > 255) {
      throw new MpiError(where, "a code from 1 to 255", String(code));
    }
    this.#endAll(code, "");
  }

  /** What the end of the process does to the group. `why` is printed where it ends all. */
  end(exitCode: number, why: string): void {
    if (this.#state === "closed") return;
    // Nobody waits for a group of one, and MPI_Abort would print a page about it.
    if (this.size === 1 || (exitCode === 0 && this.#state === "open")) {
      this.#state = "closed";
      this.#mpi.finalize();
      return;
    }
    this.#endAll(exitCode >= 1 && exitCode <= 255 ? exitCode : 1, why);
  }

  #endAll(code: number, why: string): never {
    try {
      // What Open MPI itself prints about an abort is lost at times.
      writeSync(2, `${why}inkling-mpi: rank ${this.rank} of ${this.size} ends all, with code ${code}.\n`);
    } catch {
      // Nobody reads it: the end matters more.
    }
    this.#mpi.abort(code);
    // MPI_Abort does not come back. If it ever did, the launcher ends all when one is killed.
    process.kill(process.pid, "SIGKILL");
    throw new MpiError("abort", "the end of this process", "none");
  }

  #where(method: string): string {
    return `${method} on rank ${this.rank} of ${this.size}`;
  }

  /** Where an error of this call happened. Throws if the group can no longer be used. */
  #enter(method: string): string {
    const where = this.#where(method);
    if (this.#state === "closed") throw closedError(where);
    if (this.#state === "failed") {
      throw new MpiError(where, "a group that works", "one in which a call failed", "Only abort() is left to it.");
    }
    return where;
  }

  #leave(where: string, name: string, code: number): void {
    if (code === 0) return;
    this.#state = "failed";
    throw new MpiError(where, `${name} to succeed`, this.#mpi.errorText(code), "The ranks cannot go on: end them all.");
  }
}
