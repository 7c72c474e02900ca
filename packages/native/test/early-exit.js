// A process of its own for lifetimes.ts: it ends while its helping threads load koffi.
//   node early-exit.js MILLISECONDS     after so long
import { chooseBackend } from "inkling/node";

await chooseBackend({ backend: "native", threads: 12 });
setTimeout(() => process.exit(0), Number(process.argv[2]));
