// A group over an installed MPI: bytes arrive, libraries that do not belong are refused, and no end leaves ranks
// behind. Most of the time is waiting for processes: they run side by side.
import { describe, expect, test } from "vitest";
import { hasMpich, hasOpenMpi, MPICH, mpirun, run } from "./launch.ts";

/** Where MPI can be called at all. */
const isCalled = process.platform === "linux" && process.arch === "x64";

const lines = (text: string) =>
  text
    .split("\n")
    .filter((line) => line)
    .toSorted();

describe.skipIf(!hasOpenMpi)("a group over Open MPI", { concurrent: true }, () => {
  test.for([1, 2, 3, 4, 5, 8])("of %i ranks exchanges and gathers pieces of any size", async (ranks, { expect }) => {
    const { code, out, err } = await mpirun(ranks, ["test/exchanges.js"]);
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
    expect(lines(out)).toEqual(Array.from({ length: ranks }, (_, rank) => `rank ${rank} of ${ranks} is right`));
  });

  test("without a launcher is one rank", async ({ expect }) => {
    const { code, out } = await run(process.execPath, ["examples/ranks.js"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^rank 0 of 1, heard from 0: .+ \(.+\)\n$/);
  });

  test("says its ranks and its library", async ({ expect }) => {
    const { out } = await mpirun(2, ["examples/ranks.js"]);
    expect(lines(out)).toEqual([
      expect.stringMatching(/^rank 0 of 2, heard from 0 1: Open MPI v[\d.]+ \(.*libmpi\.so\.40\)$/),
      expect.stringMatching(/^rank 1 of 2, heard from 0 1: Open MPI v[\d.]+ \(.*libmpi\.so\.40\)$/),
    ]);
  });

  test.for([
    ["ends", []],
    [
      "closes",
      [0, 1].map(
        (rank) => `MpiError: barrier on rank ${rank} of 2: expected a group that is open, got one that was closed.`,
      ),
    ],
  ] as const)("that %s leaves with code 0", async ([how, said], { expect }) => {
    const { code, out } = await mpirun(2, ["test/ending.js", how]);
    expect({ code, out: lines(out) }).toEqual({ code: 0, out: said });
  });

  test.for([
    ["throws", 1, /the disk is full[\s\S]+inkling-mpi: rank 1 of 3 ends all, with code 1\./],
    ["exits", 3, "inkling-mpi: rank 1 of 3 ends all, with code 3."],
    ["aborts", 5, "inkling-mpi: rank 1 of 3 ends all, with code 5."],
    [
      "refused",
      1,
      "exchange on rank 1 of 3: expected pieces in the 3 bytes of received, got 2 bytes from 2 on for rank 2",
    ],
    ["killed", 137, "rank 1"],
  ] as const)(
    "in which a rank %s ends with code %i, and says which rank",
    async ([how, expected, sentence], { expect }) => {
      const { code, err } = await mpirun(3, ["test/ending.js", how]);
      expect(code).toBe(expected);
      expect(err).toMatch(sentence);
    },
  );

  test("in which a call of MPI fails says so, and ends all even if the error is caught", async ({ expect }) => {
    const { code, out, err } = await mpirun(3, ["test/ending.js", "truncates"]);
    expect(code).toBe(1);
    expect(out).toContain(
      "MpiError: exchange on rank 0 of 3: expected MPI_Alltoallv to succeed, got MPI_ERR_TRUNCATE: message truncated.",
    );
    expect(err).toContain("inkling-mpi: rank 0 of 3 ends all, with code 1.");
  });

  test("refuses a library that does not find the launcher's ranks", async ({ expect }) => {
    const launcher = { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "4" };
    const { code, err } = await run(process.execPath, ["examples/ranks.js"], launcher);
    expect(code).toBe(1);
    expect(err).toMatch(
      /startGroup: expected a library that finds rank 2 of 4, as the launcher says, got rank 0 of 1 from Open MPI/,
    );
  });

  test("refuses ranks that Slurm does not connect: each would be rank 0 of 1", async ({ expect }) => {
    const slurm = { SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "2" };
    const { code, err } = await run(process.execPath, ["examples/ranks.js"], slurm);
    expect(code).toBe(1);
    expect(err).toContain(
      "startGroup: expected srun to connect its ranks, got rank 1 of 2 without PMI. Use srun --mpi",
    );
  });

  test.skipIf(!hasMpich)("refuses a library of another family", async ({ expect }) => {
    const { code, err } = await mpirun(2, ["examples/ranks.js"], { INKLING_MPI_LIBRARY: MPICH });
    expect(code).toBe(1);
    expect(err).toMatch(/got MPICH .+, of another family\. This library does not belong to that launcher/);
  });
});

test.skipIf(!isCalled)("a library that is not there, or none of MPI, is refused with a sentence", async () => {
  for (const [named, got] of [
    [
      "/nowhere/libmpi.so",
      'expected INKLING_MPI_LIBRARY to name a library of MPI, got "/nowhere/libmpi.so": Failed to',
    ],
    ["libm.so.6", "expected a library of MPI, got libm.so.6: Cannot find function 'MPI_Get_library_version'"],
  ]) {
    const { code, err } = await run(process.execPath, ["examples/ranks.js"], { INKLING_MPI_LIBRARY: named });
    expect(code).toBe(1);
    expect(err).toContain(`MpiError: startGroup: ${got}`);
  }
});
