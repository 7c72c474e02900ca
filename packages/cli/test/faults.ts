/**
 * What a training that keeps checkpoints has to survive, so many times as it is asked for: processes that are killed at
 * any instant, a disk that fills up, a directory that becomes read-only, checkpoints that lost or changed something.
 * faults.test.ts does a little of it, faults.verify.ts all; docs/reliability.md has the counts.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ModelFileError } from "inkling";
import { decodeCheckpoint } from "inkling/formats";
import { listCheckpoints, loadCheckpoint } from "inkling/node";
import { Stream } from "inkling/numbers";
import { Machines } from "../src/machines/machines.ts";
import { handOut, serveRuns } from "../src/machines/runs.ts";
import { type Ended, inkling, onlyJson } from "./running.ts";
import { fourFiles, images, writeDirectory } from "./tiny-data.ts";

const command = fileURLToPath(new URL("../bin/inkling.js", import.meta.url));
const random = new Stream(1, "faults");
let drawn = 0;
/** The next number from 0 to 1; several machines have a `part` each. */
const uniform = (part = 0) => random.uniform(drawn++, part);

/** A directory with a small data set, in which everything happens. */
export async function workplace(): Promise<{ readonly path: string; readonly end: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "inkling-faults-"));
  await chmod(path, 0o755);
  await writeDirectory(join(path, "digits"), fourFiles(images(60), images(20)));
  return { path, end: () => rm(path, { recursive: true }) };
}

/** A training of everything that remembers something: Adam, dropout, averages, early stopping, a schedule. */
const TRAINING = [
  ...["train", "--data", "digits", "--layers", "16,d0.2", "--batch-size", "8", "--epochs", "40", "--threads", "1"],
  ...["--average", "0.9", "--validation", "12", "--patience", "39", "--schedule", "cosine", "--json"],
  // Each is a process of its own, also where a launcher started the tests.
  "--no-mpi",
];

/** The digest of the training that nothing happens to. */
export async function undisturbed(path: string): Promise<string> {
  const { weightsSha256 } = onlyJson(await inkling(path, [...TRAINING, "--out", "whole.model"]));
  return String(weightsSha256);
}

export interface Killed {
  readonly kills: number;
  /** Kills before the first checkpoint was there. */
  readonly early: number;
  /** Trainings that came to their end, each after some kills. */
  readonly ends: number;
  /** Checkpoints that were loaded after the kills. */
  readonly loaded: number;
}

/**
 * Kills a training that writes a checkpoint after every second step, at any instant; looks at every checkpoint that is
 * there, goes on from it, and kills it again, until so many kills were done. Throws for a checkpoint that does not
 * load, and for another digest at the end. Each part of the kills that are done in `path` has another number.
 */
export async function killed(path: string, kills: number, digest: string, part = 0): Promise<Killed> {
  const found = { kills: 0, early: 0, ends: 0, loaded: 0 };
  for (let run = 0; found.kills < kills; run++) {
    const kept = `kept-${part}-${run}`;
    const begin = [...TRAINING, "--checkpoint", kept, "--every", "2steps", "--out", `${kept}.model`];
    for (let hasBegun = false; ; ) {
      const wanted = found.kills < kills;
      const args = hasBegun
        ? ["train", "--resume", kept, "--threads", "1", "--json", "--no-mpi", "--every", wanted ? "2steps" : "1h"]
        : begin;
      const ended = await killedAfter(path, args, wanted ? () => untilKill(join(path, kept), part) : undefined);
      if (ended.code === 0) {
        const { weightsSha256 } = onlyJson(ended);
        if (weightsSha256 !== digest) throw new Error(`expected the digest ${digest}, got ${weightsSha256}`);
        found.ends++;
        break;
      }
      if (ended.signal !== "SIGKILL") throw new Error(`expected exit 0 or a kill, got ${ended.code}: ${ended.stderr}`);
      found.kills++;
      const paths = await listCheckpoints(join(path, kept)).catch(() => []);
      for (const file of paths) await decodeCheckpoint(await readFile(file), { name: file });
      found.loaded += paths.length;
      hasBegun = paths.length > 0;
      if (!hasBegun) {
        found.early++;
        await rm(join(path, kept), { recursive: true, force: true });
      }
    }
    await rm(join(path, kept), { recursive: true });
  }
  return found;
}

/** Kills of one part. */
const KILLS = 10;

/**
 * So many kills, in parts. Machines that a launcher started share them: the first gives the next part to whichever is
 * free, says what came of it, and adds it up. The others get undefined.
 */
export async function killedInParts(path: string, kills: number): Promise<Killed | undefined> {
  const machines = await Machines.of();
  const digest = await undisturbed(path);
  machines?.start({ digest });
  const compute = (part: { readonly number: number; readonly kills: number }) =>
    killed(path, part.kills, digest, part.number);
  if (machines?.isFirst === false) {
    await serveRuns(machines, compute, new AbortController());
    return undefined;
  }
  const found = { kills: 0, early: 0, ends: 0, loaded: 0 };
  let number = 0;
  await handOut(machines, {
    next: () => {
      const left = kills - KILLS * number;
      return left > 0 ? { number: number++, kills: Math.min(KILLS, left) } : undefined;
    },
    compute,
    take: (part: Killed) => {
      for (const name of Object.keys(found) as (keyof Killed)[]) found[name] += part[name];
      console.log(`Killed ${found.kills} of ${kills} times: ${found.ends} ends, ${found.loaded} checkpoints loaded.`);
    },
    signal: new AbortController().signal,
  });
  machines?.letGo(0);
  return found;
}

/** Some kills come while the process starts, most while it writes. */
async function untilKill(kept: string, part: number): Promise<void> {
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  if (uniform(part) < 0.1) return sleep(400 * uniform(part));
  const before = (await listCheckpoints(kept).catch(() => []))[0];
  for (let i = 0; i < 2000; i++) {
    if ((await listCheckpoints(kept).catch(() => []))[0] !== before) break;
    await sleep(2);
  }
  return sleep(700 * uniform(part));
}

type Died = Ended & { readonly signal: NodeJS.Signals | null };

function killedAfter(path: string, args: readonly string[], wait: (() => Promise<void>) | undefined): Promise<Died> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(process.execPath, [command, ...args], { cwd: path });
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (text) => {
      stdout += text;
    });
    child.stderr?.on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      // What it says at its start is no part of its result.
      resolve({ code, signal, stdout, stderr: stderr.replace(/^Resuming: .*\n/, "").replace(/^Keeping: .*\n/, "") });
    });
    void wait?.().then(() => child.kill("SIGKILL"));
  });
}

/** Mounts a file system of so many bytes; undefined where that is not allowed. */
export async function smallDisk(path: string, size: string): Promise<(() => void) | undefined> {
  await mkdir(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", path], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return () => execFileSync("umount", ["-l", path]);
}

/** A training whose checkpoints are so large that two of them fit on a disk of 1 MB. */
const LARGE = [
  ...["train", "--data", "digits", "--layers", "700", "--batch-size", "8", "--epochs", "60", "--threads", "1"],
];

/** The digest of that training where there is room. */
export async function withRoom(path: string): Promise<string> {
  return String(onlyJson(await inkling(path, [...LARGE, "--json", "--out", "room.model"])).weightsSha256);
}

/**
 * The same on a disk of 1 MB, on which checkpoints and model are, and which somebody else fills from the twelfth epoch
 * on whenever there is room; until epoch 36, where `isEmptied`. Returns what the command said.
 */
export async function onSmallDisk(path: string, disk: string, isEmptied: boolean): Promise<Ended> {
  const filler = join(disk, "filler");
  let isFilling = false;
  const fill = async () => {
    while (isFilling) {
      await appendFile(filler, new Uint8Array(2 ** 16)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (isEmptied) await rm(filler, { force: true });
  };
  let filling: Promise<void> | undefined;
  const args = [...LARGE, "--checkpoint", join(disk, "kept"), "--every", "3epochs", "--out", join(disk, "model")];
  const ended = await inkling(path, args, {
    onOutput: (stdout) => {
      isFilling = /^ +12 /m.test(stdout) && !(isEmptied && /^ +36 /m.test(stdout));
      if (isFilling) filling ??= fill();
    },
  });
  isFilling = false;
  await filling;
  return ended;
}

/** A directory of checkpoints that becomes read-only in the middle of the training, and writable again. */
export async function becomingReadOnly(path: string): Promise<Ended> {
  let step = 0;
  const [place, kept] = [join(path, "theirs"), join(path, "theirs", "kept")];
  await mkdir(place);
  await mkdir(kept);
  // Root is refused nothing, so it is done as somebody else.
  if (process.getuid?.() === 0) for (const made of [place, kept]) await chown(made, 65534, 65534);
  const args = [
    ...["train", "--data", "../digits", "--layers", "16", "--batch-size", "8", "--epochs", "100", "--threads", "1"],
    ...["--checkpoint", "kept", "--every", "8steps", "--out", "model"],
  ];
  return inkling(place, args, {
    isUnprivileged: true,
    onOutput: (stdout) => {
      if (step === 0 && /^ +10 /m.test(stdout)) {
        step = 1;
        void chmod(kept, 0o555);
      } else if (step === 1 && /^ +50 /m.test(stdout)) {
        step = 2;
        void chmod(kept, 0o755);
      }
    },
  });
}

export interface Damaged {
  readonly cuts: number;
  readonly flips: number;
}

/**
 * Cuts a checkpoint at each of its first bytes and flips bits anywhere: each has to be named, and the one before it in
 * its directory has to be used. Throws for one that is loaded.
 */
export async function damaged(path: string, cuts: number, flips: number): Promise<Damaged> {
  await inkling(path, [...TRAINING, "--checkpoint", "kept", "--every", "50steps", "--out", "damaged.model"]);
  const [newest = "", before = ""] = await listCheckpoints(join(path, "kept"));
  const bytes = new Uint8Array(await readFile(newest));
  const refused = async (changed: Uint8Array, what: string) => {
    const error = await decodeCheckpoint(changed, { name: "file" }).catch((thrown) => thrown);
    if (!(error instanceof ModelFileError)) throw new Error(`expected a refusal of ${what}, got ${error}`);
  };
  const length = Math.min(4096, bytes.length);
  for (let i = 0; i < cuts; i++) {
    const at = cuts >= length ? i : Math.floor((i * length) / cuts);
    await refused(bytes.subarray(0, at), `a cut at ${at}`);
  }
  for (let i = 0; i < flips; i++) {
    const bit = Math.floor(uniform() * bytes.length * 8);
    const changed = new Uint8Array(bytes);
    changed[bit >> 3] ^= 1 << (bit & 7);
    await refused(changed, `a flip of bit ${bit}`);
    // As files, some of them: the search for the one before does not depend on where the damage is.
    if (i % 100 !== 0) continue;
    await writeFile(newest, i % 200 === 0 ? changed : bytes.subarray(0, bit >> 3));
    const found = await loadCheckpoint(join(path, "kept"));
    if (found.path !== before || found.damaged.length !== 1) throw new Error(`expected ${before}, got ${found.path}`);
  }
  await rm(join(path, "kept"), { recursive: true });
  return { cuts, flips };
}

/** Whether all checkpoints in a directory load. */
export async function allLoad(directory: string): Promise<number> {
  const paths = await listCheckpoints(directory);
  for (const file of paths) await decodeCheckpoint(await readFile(file), { name: file });
  return paths.length;
}
