import { expect, test } from "vitest";
import { candidates, handlesOf, koffiError, shortVersion } from "./library.ts";

const all = ["libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpi_abi.so.1"];

test("libraries are tried in a fixed order, the launcher's family first", () => {
  expect(candidates({}, undefined)).toEqual(all);
  expect(candidates({}, { launcher: "open-mpi", rank: 0, size: 2 })).toEqual(all);
  expect(candidates({}, { launcher: "pmix", rank: 0, size: undefined })).toEqual(all);
  expect(candidates({}, { launcher: "pmi", rank: 0, size: 2 })).toEqual([...all.slice(1), all[0]]);
});

test("a family is looked for in environments of conda and Python before the system's folders", () => {
  expect(candidates({ CONDA_PREFIX: "/conda", VIRTUAL_ENV: "/venv" }, undefined).slice(0, 7)).toEqual([
    "/conda/lib/libmpi.so.40",
    "/venv/lib/libmpi.so.40",
    "libmpi.so.40",
    "/conda/lib/libmpich.so.12",
    "/conda/lib/libmpi.so.12",
    "/venv/lib/libmpich.so.12",
    "/venv/lib/libmpi.so.12",
  ]);
});

test("a library that is named is the only one", () => {
  expect(candidates({ INKLING_MPI_LIBRARY: "/opt/mpi.so", CONDA_PREFIX: "/conda" }, undefined)).toEqual([
    "/opt/mpi.so",
  ]);
});

test.each([
  ["Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4\0", "Open MPI v4.1.4", "open-mpi"],
  ["MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7", "MPICH 4.0.2", "mpich"],
  ["MPICH Version:      5.0.2\nMPICH Release date: Fri Sep 25", "MPICH 5.0.2", "mpich"],
  ["MVAPICH2 Version      :\t2.3.7\n", "MVAPICH2 Version : 2.3.7", "mpich"],
  ["Intel(R) MPI Library 2021.10 for Linux* OS\n", "Intel(R) MPI Library 2021.10 for Linux* OS", "mpich"],
  [
    "MPI VERSION    : CRAY MPICH version 8.1.25 (ANL base 3.4a2)\n",
    "MPI VERSION : CRAY MPICH version 8.1.25 (ANL base 3.4a2)",
    "mpich",
  ],
  ["Another MPI 1.0", "Another MPI 1.0", undefined],
])("%j is known by what it says", (text, version, handles) => {
  expect(shortVersion(text)).toBe(version);
  expect(handlesOf(version)).toBe(handles);
});

test.each([
  ["ERR_MODULE_NOT_FOUND", "expected the package @koromix/koffi-linux-x64, got none. It is optional"],
  ["ERR_DLOPEN_DISABLED", "expected Node to load addons, got a permission model without them. Use --allow-addons."],
  ["ERR_DLOPEN_FAILED", "expected the package @koromix/koffi-linux-x64, got one that cannot be loaded: no such file."],
])("an import that fails with %s is one sentence", (code, sentence) => {
  const { message } = koffiError(Object.assign(new Error("no such file\nand a stack"), { code }));
  expect(message).toContain(`startGroup: ${sentence}`);
});
