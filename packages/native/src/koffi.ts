/**
 * The few functions of C that machine code needs, called through koffi: memory for code, and calls of an address. Koffi
 * is an optional dependency, asked for when it is needed. Every reason for which it cannot be used is a value with one
 * sentence; opening never throws.
 */
import type { Parameter } from "./assembler/function.ts";

/** Why there is no native code here, as one sentence. */
export interface Unavailable {
  readonly reason: string;
}

/** Whether a result is a reason instead. */
export function isUnavailable(result: object): result is Unavailable {
  return "reason" in result;
}

/** A native function as JavaScript calls it. An address is a BigInt, or a typed array for the memory below it. */
export type NativeFunction = (...values: readonly (number | bigint | ArrayBufferView)[]) => void;

/** What the operating system does for us. It belongs to the thread that opened it. */
export interface System {
  /** New memory that can be read and written; a number is the system's error. */
  map(bytes: number): bigint | number;
  /** Makes memory executable and no longer writable; 0 is success, another number the system's error. */
  makeExecutable(address: bigint, bytes: number): number;
  /** Makes memory inaccessible: reading it, writing it or running it faults. 0 is success. */
  makeInaccessible(address: bigint, bytes: number): number;
  unmap(address: bigint, bytes: number): void;
  copy(to: bigint, from: Uint8Array): void;
  /** Where the bytes of a typed array stand. For shared WebAssembly memory this stays true when the memory grows. */
  addressOf(view: ArrayBufferView): bigint;
  /** A function to call of the code at this address. Make it once: making it takes longer than calling it. */
  callable(address: bigint, parameters: readonly Parameter[]): NativeFunction;
}

const [READ, WRITE, EXECUTE] = [1, 2, 4];
/** MAP_PRIVATE and MAP_ANONYMOUS of Linux. */
const OWN_MEMORY = 0x22;
/** What mmap gives instead of an address when it fails: −1. */
const FAILED = 2n ** 64n - 1n;

let opened: Promise<System | Unavailable> | undefined;

/** The system of this thread, or why it cannot be had. It is opened once a thread. */
export function openSystem(): Promise<System | Unavailable> {
  opened ??= open();
  return opened;
}

async function open(): Promise<System | Unavailable> {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64") {
    return { reason: `Native code is written for x86-64 Linux, and this is ${arch} on ${platform}.` };
  }
  try {
    const { default: koffi } = await import("@koromix/koffi-linux-x64");
    return systemOf(koffi);
  } catch (error) {
    return { reason: whyNot(error) };
  }
}

/** Exported for its test: the sentence for an error of the import. */
export function whyNot(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    return "The optional package @koromix/koffi-linux-x64 is not installed.";
  }
  if (code === "ERR_DLOPEN_DISABLED") return "Node's permission model does not allow addons (--allow-addons).";
  const [line] = String(error instanceof Error ? error.message : error).split("\n");
  return `The package @koromix/koffi-linux-x64 cannot be loaded: ${line}`;
}

type Koffi = typeof import("@koromix/koffi-linux-x64").default;

function systemOf(koffi: Koffi): System {
  // In a worker that has never called `load`, koffi 3.3.4 ends the process at the first call of a decoded function.
  const c = koffi.load(null);
  const mmap = c.func("mmap", "void *", ["void *", "size_t", "int", "int", "int", "int64_t"]);
  const mprotect = c.func("mprotect", "int", ["void *", "size_t", "int"]);
  const munmap = c.func("munmap", "int", ["void *", "size_t"]);
  const memcpy = c.func("memcpy", "void *", ["void *", "void *", "size_t"]);
  const types = new Map<string, object>();
  const protect = (address: bigint, bytes: number, rights: number) =>
    mprotect(address, bytes, rights) === 0 ? 0 : koffi.errno();
  return {
    map(bytes) {
      const address = mmap(null, bytes, READ | WRITE, OWN_MEMORY, -1, 0);
      return typeof address !== "bigint" || address === FAILED ? koffi.errno() : address;
    },
    makeExecutable: (address, bytes) => protect(address, bytes, READ | EXECUTE),
    makeInaccessible: (address, bytes) => protect(address, bytes, 0),
    unmap: (address, bytes) => void munmap(address, bytes),
    copy: (to, from) => void memcpy(to, from, from.byteLength),
    addressOf: (view) => koffi.address(view),
    callable(address, parameters) {
      const key = parameters.join();
      // Koffi keeps every type that it has made.
      const type = types.get(key) ?? koffi.proto("void", parameters);
      types.set(key, type);
      return koffi.decode(address, type) as NativeFunction;
    },
  };
}
