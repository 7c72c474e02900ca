/**
 * One operation on all threads. Work is cut into tiles that write to different places, and the tiles into as many
 * shares as there are threads. A thread takes the tiles of its own share one after the other, then what is left of the
 * others' shares. So a core mostly finds its own results in its cache when the next operation reads them, and a
 * thread that is late delays no other. Which thread computes a tile does not change the result, because the order of a
 * sum is fixed within its tile.
 *
 * The caller publishes an operation (its arguments, then tickets), computes tiles too, and waits until every tile is
 * done. A thread without work looks at the generation for about 20 µs (the next operation is usually that near), then
 * it sleeps.
 *
 *   TICKETS     one a share, 64 bits: generation (24), end (20), next tile (20); one atomic addition takes a tile.
 *               An operation of more tiles is published in parts
 *   GENERATION  what sleepers wait on      DONE  tiles finished      SLEEPERS, WAITING  who has to be woken
 *
 * Memory is shared; globals are not (each thread has its own instance). `sleep` is an import because Node 20's baseline
 * compiler corrupts locals around memory.atomic.wait32; on a page's main thread it may be empty: it then spins.
 */
import { execute } from "./index";
import { DONE, FAILED, GENERATION, MOST_SHARES, OPERATION, QUIT, SLEEPERS, SMALL, TICKETS, WAITING } from "./layout";

@external("env", "sleep")
declare function sleep(address: usize, expected: i32): void;

/** About 20 µs of looking. One look takes 0.5 ns. */
const SPINS: i32 = 40000;

/** Most tiles that are published at a time: half of what a ticket can count, since threads count on beyond the end. */
const MOST_TILES: i32 = 1 << 19;

let threads: i32 = 1;
let me: i32 = 0;

/** Which thread this instance is; 0 is the caller. */
export function thread(): i32 {
  return me;
}

/** How many threads take part; the caller's instance alone needs to know. */
export function setThreads(count: i32): void {
  threads = count;
}

/** Runs all tiles of an operation whose arguments are written; `work` is its size in vector operations. */
export function run(operation: i32, tiles: i32, work: i32): void {
  if (threads == 1 || tiles == 1 || work < SMALL) {
    for (let tile = 0; tile < tiles; tile++) execute(operation, tile);
    return;
  }
  for (let first = 0; first < tiles; first += MOST_TILES) share(operation, first, min(MOST_TILES, tiles - first));
}

/** Runs some tiles of an operation on all threads, from tile `first` on. */
function share(operation: i32, first: i32, tiles: i32): void {
  const generation = (atomic.load<i32>(GENERATION) + 1) & 0xffffff;
  const shares = min(min(threads, tiles), MOST_SHARES);
  store<i32>(OPERATION, operation);
  store<i32>(OPERATION, shares, 4);
  store<i32>(OPERATION, first, 8);
  atomic.store<i32>(DONE, 0);
  for (let share = 0; share < shares; share++) {
    const from = <i64>((tiles * share) / shares);
    const to = <i64>((tiles * (share + 1)) / shares);
    atomic.store<i64>(TICKETS + (<usize>share << 6), ((<i64>generation) << 40) | (to << 20) | from);
  }
  atomic.store<i32>(GENERATION, generation);
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(GENERATION, threads);
  takeTiles();
  for (let i = 0; i < SPINS; i++) if (atomic.load<i32>(DONE) == tiles) return;
  atomic.store<i32>(WAITING, 1);
  for (;;) {
    const done = atomic.load<i32>(DONE);
    if (done == tiles || atomic.load<i32>(FAILED) != 0) break;
    sleep(DONE, done);
  }
  atomic.store<i32>(WAITING, 0);
}

/** Says that a helping thread has died, perhaps in a tile, so that the caller does not wait for it. */
export function fail(): void {
  atomic.store<i32>(FAILED, 1);
  // Another number than the one that the caller may be about to sleep on.
  atomic.add<i32>(DONE, 1 << 20);
  atomic.notify(DONE, 1);
}

/** A helping thread's whole life. */
export function work(number: i32): void {
  me = number;
  let seen = atomic.load<i32>(GENERATION);
  if (atomic.load<i32>(QUIT) != 0) return;
  takeTiles();
  for (;;) {
    let spins = SPINS;
    while (atomic.load<i32>(GENERATION) == seen && spins > 0) spins--;
    if (spins == 0) {
      atomic.add<i32>(SLEEPERS, 1);
      while (atomic.load<i32>(GENERATION) == seen) sleep(GENERATION, seen);
      atomic.sub<i32>(SLEEPERS, 1);
    }
    seen = atomic.load<i32>(GENERATION);
    if (atomic.load<i32>(QUIT) != 0) return;
    takeTiles();
  }
}

/** Ends the helping threads. */
export function quit(): void {
  atomic.store<i32>(QUIT, 1);
  atomic.store<i32>(GENERATION, (atomic.load<i32>(GENERATION) + 1) & 0xffffff);
  atomic.notify(GENERATION, 1024);
}

/** Takes tile after tile of the published operation until there is none left. */
function takeTiles(): void {
  const shares = load<i32>(OPERATION, 4);
  for (let i = 0; i < shares; i++) {
    const ticket = TICKETS + (<usize>((me + i) % shares) << 6);
    for (;;) {
      const taken = atomic.add<i64>(ticket, 1);
      const tile = <i32>(taken & 0xfffff);
      if (tile >= <i32>((taken >> 20) & 0xfffff)) break;
      execute(load<i32>(OPERATION), load<i32>(OPERATION, 8) + tile);
      // The thread that finishes the last tile wakes the caller, if that sleeps.
      atomic.add<i32>(DONE, 1);
      if (atomic.load<i32>(WAITING) != 0) atomic.notify(DONE, 1);
    }
  }
}
