import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { whyNot } from "./koffi.ts";

test.each([
  ["ERR_MODULE_NOT_FOUND", "The optional package @koromix/koffi-linux-x64 is not installed."],
  ["ERR_DLOPEN_DISABLED", "Node's permission model does not allow addons (--allow-addons)."],
  ["ERR_DLOPEN_FAILED", "The package @koromix/koffi-linux-x64 cannot be loaded: no such file"],
])("an import that fails with %s is one sentence", (code, sentence) => {
  expect(whyNot(Object.assign(new Error("no such file\nand a stack"), { code }))).toBe(sentence);
});

test("where Node allows no addons there is a sentence and no crash", async () => {
  const flag = Number(process.versions.node.split(".")[0]) < 24 ? "--experimental-permission" : "--permission";
  const code = 'import { detect } from "inkling-native"; console.log(JSON.stringify(await detect()));';
  const args = [flag, "--allow-fs-read=*", "--input-type=module", "--eval", code];
  const cwd = fileURLToPath(new URL("../", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  const { avx2, avx512, reason } = JSON.parse(stdout);
  expect({ avx2, avx512 }).toEqual({ avx2: false, avx512: false });
  // On another platform, or without the package, another sentence comes first.
  expect(reason).toMatch(/^(Node's permission model|The optional package|Native code is written for) .*\.$/);
});
