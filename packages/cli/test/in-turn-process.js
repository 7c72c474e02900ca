/**
 * Runs the built command many times in one process: each message is a directory and arguments, each answer the exit
 * code and what was printed. Only main.js is evaluated anew; what it imports is loaded once. That a process really ends
 * with the code is tested elsewhere (commands.test.ts).
 */
const main = new URL("../dist/main.js", import.meta.url);
let count = 0;

process.on("message", async (/** @type {{ directory: string, args: string[] }} */ { directory, args }) => {
  process.chdir(directory);
  process.argv = [process.argv[0] ?? "node", "inkling", ...args];
  process.exitCode = undefined;
  const printed = { stdout: "", stderr: "" };
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const name of /** @type {const} */ (["stdout", "stderr"])) {
    process[name].write = (/** @type {unknown} */ text) => {
      printed[name] += text;
      return true;
    };
  }
  await import(`${main.href}?${++count}`);
  for (const name of /** @type {const} */ (["stdout", "stderr"])) {
    process[name].write = writes[name];
    process[name].removeAllListeners("error");
  }
  // The threads of a backend that nobody holds end when it is collected.
  if (count % 8 === 0) globalThis.gc?.();
  process.send?.({ code: process.exitCode ?? 0, ...printed });
});
