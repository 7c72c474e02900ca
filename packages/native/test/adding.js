// A function that writes into shared memory, and a worker that calls it: for threads.test.ts.
import { isMainThread, workerData } from "node:worker_threads";
import { at, isUnavailable, openSystem, systemV } from "inkling-native";

/** Where the words stand in the memory: on a page that it did not have at first. */
const addressIn = 70_000;

/** f(number): the word `number` = 1000 · number + 1. The base of the memory is part of the code. */
const code = (/** @type {bigint} */ base) =>
  systemV({ number: "int" }, undefined, ({ code, registers, args }) => {
    const [place, value] = [registers.gpr("place"), registers.gpr("value")];
    code.imul(value, args.number, 1000);
    code.inc(value);
    code.mov(place, base);
    code.mov(at(place, addressIn, args.number, 4), value.dword);
  });

if (!isMainThread && workerData?.address !== undefined) {
  const system = await openSystem();
  if (isUnavailable(system)) throw new Error(system.reason);
  const call = system.callable(workerData.address, ["int"]);
  for (let time = 0; time < 100; time++) call(workerData.number);
}

export { addressIn, code };
