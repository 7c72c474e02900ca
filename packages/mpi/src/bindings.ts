/**
 * The functions of MPI that a group needs, for each kind of handles. What a C program has from its header file stands
 * in `handlesOf` below. Every function returns MPI's error code, and 0 is success.
 */
import type { Library } from "./library.ts";

/** A handle as koffi passes it: a pointer or an int. */
type Handle = bigint | number;

interface Handles {
  /** The C type of all handles. */
  readonly type: "void *" | "int";
  /** MPI_COMM_WORLD: all processes of the launcher. */
  readonly world: Handle;
  /** MPI_BYTE. */
  readonly byte: Handle;
  /** MPI_ERRORS_RETURN: a function that fails returns a code, instead of ending all processes. */
  readonly errorsReturn: Handle;
  /** MPI_THREAD_FUNNELED: the process has several threads, and one of them calls MPI. */
  readonly funneled: number;
}

/** MPI_MAX_ERROR_STRING, the largest of all families. */
const ERROR_BYTES = 512;
/** Messages have one tag. */
const TAG = 1;

/** MPI with everything filled in: MPI_COMM_WORLD and bytes. */
export interface Mpi {
  init(): number;
  /** Failed calls return their code from here on. */
  returnErrors(): number;
  rank(): number;
  size(): number;
  /** MPI_Alltoallv: rank r gets sentCounts[r] bytes from sentOffsets[r] on, and so for what is received. */
  alltoallv(
    sent: Uint8Array,
    sentCounts: Int32Array,
    sentOffsets: Int32Array,
    received: Uint8Array,
    receivedCounts: Int32Array,
    receivedOffsets: Int32Array,
  ): number;
  /** MPI_Allgatherv: all ranks get what rank r gives, counts[r] bytes, at offsets[r]. */
  allgatherv(own: Uint8Array, all: Uint8Array, counts: Int32Array, offsets: Int32Array): number;
  barrier(): number;
  /** MPI_Send. */
  send(bytes: Uint8Array, to: number): number;
  /** MPI_Iprobe and MPI_Get_count: how many bytes of a message from this rank are here; −1 where there is none. */
  probe(from: number): { readonly code: number; readonly count: number };
  /** MPI_Recv of a message that is here. */
  receive(bytes: Uint8Array, from: number): number;
  finalize(): number;
  abort(code: number): number;
  errorText(code: number): string;
}

function handlesOf(library: Library): Handles {
  switch (library.handles) {
    case "open-mpi":
      return {
        type: "void *",
        world: library.variable("ompi_mpi_comm_world"),
        byte: library.variable("ompi_mpi_byte"),
        errorsReturn: library.variable("ompi_mpi_errors_return"),
        funneled: 1,
      };
    case "mpich":
      return { type: "int", world: 0x44000000, byte: 0x4c00010d, errorsReturn: 0x54000001, funneled: 1 };
    case "standard":
      return { type: "void *", world: 0x101n, byte: 0x247n, errorsReturn: 0x143n, funneled: 1024 };
  }
}

export function bind(library: Library): Mpi {
  const { type, world, byte, errorsReturn, funneled } = handlesOf(library);
  const pieces = ["void *", "int *", "int *", type];
  const init = library.call("MPI_Init_thread", ["void *", "void *", "int", "int *"]);
  const setHandler = library.call("MPI_Comm_set_errhandler", [type, type]);
  const alltoallv = library.call("MPI_Alltoallv", [...pieces, ...pieces, type]);
  const allgatherv = library.call("MPI_Allgatherv", ["void *", "int", type, ...pieces, type]);
  const barrier = library.call("MPI_Barrier", [type]);
  const message = ["void *", "int", type, "int", "int", type];
  const send = library.call("MPI_Send", message);
  const receive = library.call("MPI_Recv", [...message, "void *"]);
  const probe = library.call("MPI_Iprobe", ["int", "int", type, "int *", "void *"]);
  const getCount = library.call("MPI_Get_count", ["void *", type, "int *"]);
  const finalize = library.call("MPI_Finalize", []);
  const abort = library.call("MPI_Abort", [type, "int"]);
  const errorString = library.call("MPI_Error_string", ["int", "void *", "int *"]);
  const numberOf = (name: string) => {
    const [call, result] = [library.call(name, [type, "int *"]), new Int32Array(1)];
    return () => {
      call(world, result);
      return result[0] as number;
    };
  };
  // Each family lays an MPI_Status out in its own way, in at most 40 bytes. Only MPI itself reads it.
  const status = new BigInt64Array(8);
  const [flag, length] = [new Int32Array(1), new Int32Array(1)];
  // An array without bytes is a null pointer for C, and MPICH refuses two that are the same.
  const [noneSent, noneReceived] = [new Uint8Array(1), new Uint8Array(1)];
  return {
    init: () => init(null, null, funneled, new Int32Array(1)),
    returnErrors: () => setHandler(world, errorsReturn),
    rank: numberOf("MPI_Comm_rank"),
    size: numberOf("MPI_Comm_size"),
    alltoallv(sent, sentCounts, sentOffsets, received, receivedCounts, receivedOffsets) {
      const from = sent.byteLength > 0 ? sent : noneSent;
      const to = received.byteLength > 0 ? received : noneReceived;
      return alltoallv(from, sentCounts, sentOffsets, byte, to, receivedCounts, receivedOffsets, byte, world);
    },
    allgatherv(own, all, counts, offsets) {
      const from = own.byteLength > 0 ? own : noneSent;
      const to = all.byteLength > 0 ? all : noneReceived;
      return allgatherv(from, own.byteLength, byte, to, counts, offsets, byte, world);
    },
    barrier: () => barrier(world),
    send: (bytes, to) => send(bytes.byteLength > 0 ? bytes : noneSent, bytes.byteLength, byte, to, TAG, world),
    probe(from) {
      const code = probe(from, TAG, world, flag, status);
      if (code !== 0 || flag[0] === 0) return { code, count: -1 };
      return { code: getCount(status, byte, length), count: length[0] as number };
    },
    receive(bytes, from) {
      const to = bytes.byteLength > 0 ? bytes : noneReceived;
      return receive(to, bytes.byteLength, byte, from, TAG, world, status);
    },
    finalize: () => finalize(),
    abort: (code) => abort(world, code),
    errorText(code) {
      const [text, length] = [new Uint8Array(ERROR_BYTES), new Int32Array(1)];
      errorString(code, text, length);
      return new TextDecoder("latin1").decode(text.subarray(0, length[0])).replace(/\0.*/s, "");
    },
  };
}
