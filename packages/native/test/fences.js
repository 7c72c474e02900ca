// A process of its own for memory.test.ts: masked loads and stores flush against pages that nobody may touch, before
// and behind. It says what it runs before it runs it; if the process ends there, the last line names the kernel.
//   node fences.js avx2|avx512          the masked ones
//   node fences.js avx2|avx512 unmasked one load without a mask, which has to end the process
import { writeSync } from "node:fs";
import { at, isUnavailable, kernel, loop, openSystem, placeCode } from "inkling-native";

/** @import { KernelParts, LaneMask } from "inkling-native" */
const PAGE = 4096;
const level = process.argv[2] === "avx512" ? "avx512" : "avx2";
const lanes = level === "avx512" ? 16 : 8;
const system = await openSystem();
if (isUnavailable(system)) throw new Error(system.reason);

/** @type {(code: Uint8Array) => (...values: (bigint | Float32Array)[]) => void} */
function run(code) {
  const addresses = placeCode(/** @type {any} */ (system), [code]);
  if (isUnavailable(addresses)) throw new Error(addresses.reason);
  return /** @type {any} */ (system).callable(addresses[0], ["void *", "void *"]);
}

const start = system.map(3 * PAGE);
if (typeof start === "number") throw new Error(`mmap: error ${start}`);
const [page, end] = [start + BigInt(PAGE), start + BigInt(2 * PAGE)];
for (const closed of [start, end]) if (system.makeInaccessible(closed, PAGE) !== 0) throw new Error("mprotect");

/** Copies the open page. */
const readPage = run(
  kernel(level, { to: "void *", from: "void *" }, ({ code, cpu, registers, args }) => {
    const [value, left] = [registers.vec("value"), registers.gpr("left")];
    code.mov(left, PAGE / cpu.bytes);
    loop(code, left, () => {
      cpu.load(value, at(args.from));
      cpu.store(at(args.to), value);
      code.add(args.from, cpu.bytes);
      code.add(args.to, cpu.bytes);
    });
  }),
);

/**
 * The first or the last `count` lanes.
 * @type {(parts: KernelParts<"to" | "from">, side: string, count: number) => LaneMask}
 */
function maskOf({ code, cpu, registers }, side, count) {
  if (side === "behind") return cpu.firstLanes("first", count);
  const numbers = code.constant("numbers", new Uint8Array(Float32Array.from({ length: 16 }, (_, lane) => lane).buffer));
  const [mask, vector] = [cpu.mask("last"), registers.vec("numbers")];
  cpu.load(vector, at(numbers));
  cpu.compare(mask, vector, cpu.constant(cpu.lanes - count), "GE_OQ");
  registers.free(vector);
  return mask;
}

const numbers = Float32Array.from({ length: PAGE / 4 }, (_, e) => e + 1);
if (process.argv[3] === "unmasked") {
  writeSync(1, `${level}: a load without a mask\n`);
  const code = kernel(level, { to: "void *", from: "void *" }, ({ cpu, registers, args }) => {
    const value = registers.vec("value");
    cpu.load(value, at(args.from));
    cpu.store(at(args.to), value);
  });
  run(code)(numbers, end - 4n);
}

for (const side of ["before", "behind"]) {
  for (let count = 1; count <= lanes; count++) {
    const place = side === "behind" ? end - BigInt(4 * count) : page - BigInt(4 * (lanes - count));
    const inLanes = Array.from({ length: lanes }, (_, lane) =>
      side === "behind" ? lane < count : lane >= lanes - count,
    );

    writeSync(1, `${level}: load of ${count} lanes, ${side} a closed page\n`);
    system.copy(page, new Uint8Array(numbers.buffer));
    const load = kernel(level, { to: "void *", from: "void *" }, (parts) => {
      const [mask, value] = [maskOf(parts, side, count), parts.registers.vec("value")];
      parts.cpu.load(value, at(parts.args.from), mask);
      parts.cpu.store(at(parts.args.to), value);
    });
    const loaded = new Float32Array(lanes);
    run(load)(loaded, place);
    const first = side === "behind" ? PAGE / 4 - count : -(lanes - count);
    const expected = inLanes.map((isIn, lane) => (isIn ? numbers[first + lane] : 0));
    if (loaded.join() !== expected.join()) throw new Error(`expected ${expected}, got ${loaded}`);

    writeSync(1, `${level}: store of ${count} lanes, ${side} a closed page\n`);
    const store = kernel(level, { to: "void *", from: "void *" }, (parts) => {
      const [mask, value] = [maskOf(parts, side, count), parts.registers.vec("value")];
      parts.cpu.load(value, at(parts.args.from));
      parts.cpu.store(at(parts.args.to), value, mask);
    });
    run(store)(place, new Float32Array(lanes).fill(-1));
    const after = new Float32Array(PAGE / 4);
    readPage(after, page);
    const wanted = numbers.map((x, e) => (inLanes[e - first] ? -1 : x));
    if (after.join() !== wanted.join()) throw new Error("the store wrote other lanes");
  }
}
writeSync(1, "done\n");
