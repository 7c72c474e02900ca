/**
 * Finds the installed MPI and opens it through koffi. Two families of libraries are in use, and what a C program gets
 * from their header files differs: a handle (of a group of processes, or of a type) is a pointer to a variable of Open
 * MPI, a number in MPICH, and a small number of pointer size in the standard binary interface of MPI 5.
 *
 *   libmpi.so.40        Open MPI
 *   libmpich.so.12      MPICH, as Debian names it
 *   libmpi.so.12        MPICH, and what is compatible with it: Intel MPI, MVAPICH, Cray MPICH
 *   libmpi_abi.so.1     any family, with the standard interface
 *
 * A name says which library to try first. Which kind of handles a library takes is what it says itself.
 */
import { MpiError } from "./errors.ts";
import type { Environment, Launch } from "./launcher.ts";

/** The kind of handles: Open MPI's variables, MPICH's numbers, or those of the standard. */
export type HandleKind = "open-mpi" | "mpich" | "standard";

/** A function of C: numbers, addresses and typed arrays in, a number out. */
export type Call = (...values: readonly (number | bigint | ArrayBufferView | null)[]) => number;

/** An MPI that is loaded, and not yet started. */
export interface Library {
  /** What was loaded, for example libmpi.so.40. */
  readonly path: string;
  /** Its name and version in a few words, for example Open MPI v4.1.4. */
  readonly version: string;
  readonly handles: HandleKind;
  /** A function that returns an int, MPI's error code. */
  call(name: string, parameters: readonly string[]): Call;
  /** The address of a variable of the library. */
  variable(name: string): bigint;
}

/** The variable of the environment that names a library. */
const NAMED = "INKLING_MPI_LIBRARY";
const OPEN_MPI = ["libmpi.so.40"];
const MPICH = ["libmpich.so.12", "libmpi.so.12"];
const STANDARD = ["libmpi_abi.so.1"];
/** MPI_MAX_LIBRARY_VERSION_STRING, the largest of all families. */
const VERSION_BYTES = 8192;

/**
 * What to try to load, in order: the library that the user names, or the launcher's family before the other, each in an
 * environment of conda or of Python before the system's folders.
 */
export function candidates(environment: Environment, launch: Launch | undefined): string[] {
  if (environment[NAMED]) return [environment[NAMED]];
  const families = launch?.launcher === "pmi" ? [MPICH, STANDARD, OPEN_MPI] : [OPEN_MPI, MPICH, STANDARD];
  const prefixes = [environment.CONDA_PREFIX, environment.VIRTUAL_ENV].filter((prefix) => prefix);
  const folders = [...prefixes.map((prefix) => `${prefix}/lib/`), ""];
  return families.flatMap((names) => folders.flatMap((folder) => names.map((name) => folder + name)));
}

/** Loads the first library that is there. Throws an MpiError where there is none, or koffi is missing. */
export async function openLibrary(environment: Environment, launch: Launch | undefined): Promise<Library> {
  const koffi = await openKoffi();
  const paths = candidates(environment, launch);
  let reason = "";
  for (const path of paths) {
    try {
      return libraryOf(path, koffi.load(path));
    } catch (error) {
      if (error instanceof MpiError) throw error;
      reason = firstLine(error);
    }
  }
  if (environment[NAMED]) {
    throw new MpiError("startGroup", `${NAMED} to name a library of MPI`, `"${environment[NAMED]}": ${reason}`);
  }
  throw new MpiError(
    "startGroup",
    "an installed MPI",
    `none of ${paths.join(", ")}`,
    `Install one (Debian: apt-get install openmpi-bin), or name its library with ${NAMED}.`,
  );
}

type Koffi = typeof import("@koromix/koffi-linux-x64").default;

async function openKoffi(): Promise<Koffi> {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64") {
    throw new MpiError("startGroup", "x86-64 Linux", `${arch} on ${platform}`, "MPI is called nowhere else yet.");
  }
  try {
    return (await import("@koromix/koffi-linux-x64")).default;
  } catch (error) {
    throw koffiError(error);
  }
}

/** Exported for its test: what an import that failed becomes. */
export function koffiError(error: unknown): MpiError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const expected = "the package @koromix/koffi-linux-x64";
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    return new MpiError(
      "startGroup",
      expected,
      "none",
      "It is optional: npm install without --omit=optional brings it.",
    );
  }
  if (code === "ERR_DLOPEN_DISABLED") {
    return new MpiError("startGroup", "Node to load addons", "a permission model without them", "Use --allow-addons.");
  }
  return new MpiError("startGroup", expected, `one that cannot be loaded: ${firstLine(error)}`);
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
}

function libraryOf(path: string, library: ReturnType<Koffi["load"]>): Library {
  const call = (name: string, parameters: readonly string[]) => library.func(name, "int", parameters) as Call;
  const version = versionOf(path, call);
  const handles = takesStandardHandles(call) ? "standard" : handlesOf(version);
  if (handles === undefined) {
    throw new MpiError("startGroup", "Open MPI, MPICH or the standard interface of MPI 5", `${version} (${path})`);
  }
  return { path, version, handles, call, variable: (name) => library.symbol(name, "void") };
}

/** What the library says about itself, without starting it. */
function versionOf(path: string, call: Library["call"]): string {
  const [text, length] = [new Uint8Array(VERSION_BYTES), new Int32Array(1)];
  try {
    call("MPI_Get_library_version", ["void *", "int *"])(text, length);
  } catch (error) {
    throw new MpiError("startGroup", "a library of MPI", `${path}: ${firstLine(error)}`);
  }
  return shortVersion(new TextDecoder("latin1").decode(text.subarray(0, length[0])));
}

/** Exported for its test: the name and the number in what a library says about itself. */
export function shortVersion(text: string): string {
  const [line = ""] = text.split(/[\n\0]/);
  return line.split(",")[0]?.replace(/\s+/g, " ").replace(" Version:", "").trim() ?? "";
}

/** Exported for its test: the kind of handles of a family. */
export function handlesOf(version: string): HandleKind | undefined {
  if (/Open MPI/.test(version)) return "open-mpi";
  return /MPICH|MVAPICH|Intel\(R\) MPI/.test(version) ? "mpich" : undefined;
}

/**
 * Whether the handles are the standard's. MPICH builds two libraries that give the same version: only this tells them
 * apart. A library without the standard interface says −1, and one from before MPI 5 has no such function.
 */
function takesStandardHandles(call: Library["call"]): boolean {
  const [major, minor] = [new Int32Array(1), new Int32Array(1)];
  try {
    call("MPI_Abi_get_version", ["int *", "int *"])(major, minor);
  } catch {
    return false;
  }
  return (major[0] ?? 0) >= 1;
}
