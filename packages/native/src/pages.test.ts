// Memory for code against a system that only keeps a record; test/calls.test.ts uses the real one.
import { CODE_LIMIT, isUnavailable, mappedBytes, placeCode, type System } from "inkling-native";
import { expect, test } from "vitest";

function recording(answers: Partial<System> = {}): { system: System; log: unknown[][] } {
  const log: unknown[][] = [];
  const system: System = {
    map: (bytes) => {
      log.push(["map", bytes]);
      return 0x10000n;
    },
    makeExecutable: (address, bytes) => {
      log.push(["makeExecutable", address, bytes]);
      return 0;
    },
    makeInaccessible: () => 0,
    unmap: (address, bytes) => void log.push(["unmap", address, bytes]),
    copy: (to, from) => void log.push(["copy", to, from.length]),
    addressOf: () => 0n,
    callable: () => () => {},
    ...answers,
  };
  return { system, log };
}

test("pieces of code share pages: mapped, filled, then executable for ever", () => {
  const { system, log } = recording();
  const before = mappedBytes();
  expect(placeCode(system, [new Uint8Array(1), new Uint8Array(65), new Uint8Array(64)])).toEqual([
    0x10000n,
    0x10040n,
    0x100c0n,
  ]);
  expect(log).toEqual([
    ["map", 4096],
    ["copy", 0x10000n, 4096],
    ["makeExecutable", 0x10000n, 4096],
  ]);
  expect(mappedBytes() - before).toBe(4096);
  expect(placeCode(system, [])).toEqual([]);
});

test("memory that the system does not give, or does not let become executable, is a reason and is not kept", () => {
  const before = mappedBytes();
  const none = recording({ map: () => 12 });
  expect(placeCode(none.system, [new Uint8Array(9)])).toEqual({
    reason: "The system gives no memory for native code (mmap: error 12).",
  });
  const refused = recording({ makeExecutable: () => 13 });
  expect(placeCode(refused.system, [new Uint8Array(9)])).toEqual({
    reason: "The system does not allow memory to become executable (mprotect: error 13).",
  });
  expect(refused.log.at(-1)).toEqual(["unmap", 0x10000n, 4096]);
  expect(mappedBytes()).toBe(before);
});

test("beyond 16 MiB the answer is a reason, and nothing is mapped", () => {
  const { system, log } = recording();
  const left = CODE_LIMIT - mappedBytes();
  const tooMuch = placeCode(system, [new Uint8Array(left + 1)]);
  expect(isUnavailable(tooMuch) && tooMuch.reason).toMatch(/^The 16 MiB for native code are used up: \d+ bytes, and /);
  expect(log).toEqual([]);
  expect(isUnavailable(placeCode(system, [new Uint8Array(left)]))).toBe(false);
  expect(mappedBytes()).toBe(CODE_LIMIT);
});
