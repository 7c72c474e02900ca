import { expect, test } from "vitest";
import { launched } from "./launcher.ts";

test("without a launcher there is none", () => {
  expect(launched({})).toBeUndefined();
  expect(launched({ PATH: "/usr/bin", SLURM_NTASKS: "4" })).toBeUndefined();
});

test("Open MPI's mpirun is known by its own variables, also where those of PMIx are set", () => {
  const environment = {
    OMPI_COMM_WORLD_RANK: "2",
    OMPI_COMM_WORLD_SIZE: "4",
    PMIX_RANK: "2",
    PMIX_NAMESPACE: "745013249",
  };
  expect(launched(environment)).toEqual({ launcher: "open-mpi", rank: 2, size: 4 });
});

test("MPICH's launcher and Slurm's PMI say rank and size", () => {
  expect(launched({ PMI_RANK: "0", PMI_SIZE: "8", PMI_FD: "9" })).toEqual({ launcher: "pmi", rank: 0, size: 8 });
});

test("PMIx says the rank alone, and Slurm the size", () => {
  expect(launched({ PMIX_RANK: "3", PMIX_NAMESPACE: "prterun-a-1@1", SLURM_STEP_NUM_TASKS: "1" })).toEqual({
    launcher: "pmix",
    rank: 3,
    size: undefined,
  });
  const slurm = { PMIX_RANK: "3", PMIX_NAMESPACE: "slurm.pmix.5.0", SLURM_STEP_NUM_TASKS: "4", SLURM_PROCID: "3" };
  expect(launched(slurm)).toEqual({ launcher: "pmix", rank: 3, size: 4 });
  expect(launched({ PMIX_RANK: "3" })).toBeUndefined();
});

test("Slurm's srun is known where it connects no ranks; its batch script is none of its ranks", () => {
  const step = { SLURM_PROCID: "1", SLURM_NTASKS: "2", SLURM_STEP_NUM_TASKS: "2" };
  expect(launched(step)).toEqual({ launcher: "slurm", rank: 1, size: 2 });
  expect(launched({ ...step, PMI_RANK: "1", PMI_SIZE: "2" })?.launcher).toBe("pmi");
  expect(launched({ SLURM_PROCID: "0", SLURM_NTASKS: "2" })).toBeUndefined();
});

test("one process of one is launched too", () => {
  expect(launched({ PMI_RANK: "0", PMI_SIZE: "1" })).toEqual({ launcher: "pmi", rank: 0, size: 1 });
});

test.each([
  ["4", "4"],
  ["-1", "4"],
  ["", "4"],
  ["0", ""],
  ["0", "0"],
  ["1e0", "4"],
])("rank %j of %j is no launcher's word", (rank, size) => {
  expect(launched({ OMPI_COMM_WORLD_RANK: rank, OMPI_COMM_WORLD_SIZE: size })).toBeUndefined();
});
