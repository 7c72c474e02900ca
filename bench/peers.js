/** The peers: how each is started, and whether it is installed. tasks/tasks.json says which tasks each of them does. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Peer
 * @property {string} title
 * @property {(task: string, bench?: string) => string[]} command without the arguments that every measured process
 *   takes; Inkling's can be that of another checkout, whose bench folder is `bench`
 * @property {string} [python] the module it needs
 * @property {string} [npm] the package it needs
 */

const path = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));
const python = path("peers/.venv/bin/python");

/** @type {Record<string, Peer>} */
export const peers = {
  inkling: inkling("Inkling"),
  "inkling-wasm": inkling("Inkling on WebAssembly", "--backend", "wasm"),
  "inkling ×2": inkling("Inkling, 2 × the data", "--times", "2"),
  "inkling ×4": inkling("Inkling, 4 × the data", "--times", "4"),
  "inkling ×8": inkling("Inkling, 8 × the data", "--times", "8"),
  "numpy-original": {
    title: "NumPy, the original's way",
    command: () => [python, path("peers/numpy_original.py")],
    python: "numpy",
  },
  numpy: { title: "NumPy, vectorised", command: () => [python, path("peers/numpy_vectorised.py")], python: "numpy" },
  torch: {
    title: "PyTorch",
    command: (task) => [python, path(task === "T6" ? "peers/torch_t6.py" : "peers/torch_peer.py")],
    python: "torch",
  },
  jax: { title: "JAX", command: () => [python, path("peers/jax_peer.py")], python: "jax" },
  sklearn: { title: "scikit-learn", command: () => [python, path("peers/sklearn_peer.py")], python: "sklearn" },
  tensorflow: {
    title: "TensorFlow (Keras)",
    command: () => [python, path("peers/tensorflow_peer.py")],
    python: "tensorflow",
  },
  "tfjs-wasm": tfjs("wasm"),
  "tfjs-cpu": tfjs("cpu"),
  brain: {
    title: "brain.js (SGD, batch 1)",
    command: () => [process.execPath, path("peers/brain_peer.js")],
    npm: "brain.js",
  },
};

/**
 * Whether a peer is installed.
 *
 * @param {Peer} peer
 */
export function isInstalled({ python: module, npm }) {
  if (npm !== undefined) return existsSync(path(`peers/node_modules/${npm}/package.json`));
  if (module === undefined) return true;
  const find = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`;
  return existsSync(python) && spawnSync(python, ["-c", find]).status === 0;
}

/**
 * @param {string} title
 * @param {string[]} more
 * @returns {Peer}
 */
function inkling(title, ...more) {
  const program = (/** @type {string} */ task) => (task === "T6" ? "tasks/inkling-t6.js" : "tasks/inkling.js");
  return { title, command: (task, bench = path(".")) => [process.execPath, join(bench, program(task)), ...more] };
}

/**
 * @param {"wasm" | "cpu"} backend
 * @returns {Peer}
 */
function tfjs(backend) {
  return {
    title: `TensorFlow.js, ${backend}`,
    command: () => [process.execPath, path("peers/tfjs_peer.js"), "--backend", backend],
    npm: "@tensorflow/tfjs",
  };
}
