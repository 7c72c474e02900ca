/**
 * Whether a launcher of MPI started this process as one of many, and what each command makes of it: some commands share the
 * work, and any other is done by the first of them alone.
 */
import { availableParallelism, cpus } from "node:os";

/** What a launcher says of this process. Each of them has other variables; inkling-mpi reads them exactly. */
const RANKS = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"];
/** Slurm numbers the processes of a step; a batch script by itself is in none. */
const SLURM = ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS"] as const;
const LOCAL_SIZES = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE", "SLURM_NTASKS_PER_NODE"];

/** Commands that all machines do together. */
const SHARED = ["train", "evaluate", "predict", "reproduce", "search"];

/** This process's rank, if a launcher started it; --no-mpi takes no notice. */
export function rankFrom(environment: NodeJS.ProcessEnv, words: readonly string[]): number | undefined {
  if (words.includes("--no-mpi")) return undefined;
  const isOfStep = Number(environment[SLURM[1]]) > 1;
  const word = [...RANKS, ...(isOfStep ? [SLURM[0]] : [])]
    .map((name) => environment[name])
    .find((rank) => rank !== undefined);
  return word !== undefined && /^\d{1,9}$/.test(word) ? Number(word) : undefined;
}

/** Whether this process is the only one, or rank 0 of several. */
export function isFirstOf(environment: NodeJS.ProcessEnv, words: readonly string[]): boolean {
  return (rankFrom(environment, words) ?? 0) === 0;
}

/** Whether there is nothing to do here: rank 0 does the command alone. */
export function isIdle(environment: NodeJS.ProcessEnv, words: readonly string[]): boolean {
  const rank = rankFrom(environment, words);
  const isHelp = words.includes("--help") || words.includes("-h");
  return rank !== undefined && rank > 0 && (isHelp || !SHARED.includes(words[2] ?? "") || hasInput(words));
}

/** Whether it reads standard input, which a launcher gives to rank 0 alone; a training is refused instead. */
export function hasInput(words: readonly string[]): boolean {
  return words[2] !== "train" && words.includes("-");
}

/**
 * Threads of one process: the cores that its launcher bound it to, or its part of all, where as many others run on this
 * machine.
 */
export function threadsOf(environment: NodeJS.ProcessEnv): number {
  const [own, all] = [availableParallelism(), cpus().length];
  const local = LOCAL_SIZES.map((name) => Number(environment[name])).find((size) => size >= 1) ?? 1;
  return own < all ? own : Math.max(1, Math.floor(all / local));
}
