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

test("PMIx says the rank alone", () => {
  const environment = { PMIX_RANK: "3", PMIX_NAMESPACE: "slurm.pmix.12.0" };
  expect(launched(environment)).toEqual({ launcher: "pmix", rank: 3, size: undefined });
  expect(launched({ PMIX_RANK: "3" })).toBeUndefined();
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
