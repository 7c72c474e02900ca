/**
 * Which launcher started this process. A launcher (`mpirun`, `mpiexec`, `srun`) starts the same program many times, and
 * tells each process its rank by variables of the environment:
 *
 *   Open MPI's mpirun                             OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE
 *   MPICH's mpiexec (Hydra), Slurm's own PMI      PMI_RANK, PMI_SIZE
 *   PMIx (srun --mpi=pmix, prterun)               PMIX_RANK, PMIX_NAMESPACE; the size is Slurm's, or not said
 *   Slurm without any of them (srun --mpi=none)   SLURM_PROCID, SLURM_STEP_NUM_TASKS
 *
 * Open MPI's mpirun sets those of PMIx too, and Slurm its own always, so they are asked for in this order.
 */

/** The family of launchers: what kind of variables it sets. Those of "slurm" alone connect no ranks. */
export type Launcher = "open-mpi" | "pmi" | "pmix" | "slurm";

/** What the launcher says about this process. */
export interface Launch {
  readonly launcher: Launcher;
  /** This process's number, from 0 on. */
  readonly rank: number;
  /** How many processes there are, where the launcher says so. */
  readonly size: number | undefined;
}

/** Variables of the environment, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Who started this process as one of many (also as the only one of 1); undefined if no launcher of MPI did. */
export function launched(environment: Environment): Launch | undefined {
  return (
    withSize("open-mpi", environment.OMPI_COMM_WORLD_RANK, environment.OMPI_COMM_WORLD_SIZE) ??
    withSize("pmi", environment.PMI_RANK, environment.PMI_SIZE) ??
    byPmix(environment) ??
    withSize("slurm", environment.SLURM_PROCID, environment.SLURM_STEP_NUM_TASKS)
  );
}

function withSize(launcher: Launcher, rankText: string | undefined, sizeText: string | undefined): Launch | undefined {
  const [rank, size] = [wholeNumber(rankText), wholeNumber(sizeText)];
  if (rank === undefined || size === undefined || rank >= size) return undefined;
  return { launcher, rank, size };
}

function byPmix(environment: Environment): Launch | undefined {
  const rank = wholeNumber(environment.PMIX_RANK);
  if (rank === undefined || !environment.PMIX_NAMESPACE) return undefined;
  const bySlurm = environment.PMIX_NAMESPACE.startsWith("slurm.");
  return { launcher: "pmix", rank, size: bySlurm ? wholeNumber(environment.SLURM_STEP_NUM_TASKS) : undefined };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
