import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { assertUnavailable } from './error-taxonomy.js';

/** A plugin must be done so soon after the signal. Counted in short turns: a machine that is too busy for us is too busy for the plugin, too. */
const ABORT_MS = 1_000;
const TURN_MS = 50;
/** So long a reader that is slow leaves a plugin the chance to run ahead. */
const SLOW_MS = 100;

type Batches<T> = AsyncIterable<readonly T[]>;

export async function collect<T>(batches: Batches<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

/** All of it, or null where the plugin says that it cannot be had. */
export async function collectOrRefusal<T>(read: () => Batches<T>): Promise<T[] | null> {
  try {
    return await collect(read());
  } catch (error) {
    assertUnavailable(error);
    return null;
  }
}

/** What is under way must throw or end within a second. */
export async function assertEnds(call: () => Promise<unknown>, what = 'it goes on after the signal'): Promise<void> {
  const timer = new AbortController();
  const late = secondOf(timer.signal).then(
    () => 'late' as const,
    () => 'stopped' as const,
  );
  const stopped = call().then(
    () => 'stopped' as const,
    () => 'stopped' as const,
  );
  try {
    assert.notEqual(await Promise.race([stopped, late]), 'late', `${what}: more than ${ABORT_MS} ms`);
  } finally {
    timer.abort();
  }
}

async function secondOf(signal: AbortSignal): Promise<void> {
  for (let past = 0; past < ABORT_MS; past += TURN_MS) await pause(TURN_MS, undefined, { signal });
}

/** Aborts after the first batch. */
export async function assertStopsMidway<T>(read: (signal: AbortSignal) => Batches<T>): Promise<void> {
  const abort = new AbortController();
  const iterator = read(abort.signal)[Symbol.asyncIterator]();
  await iterator.next();
  abort.abort();
  await assertEnds(async () => {
    while ((await iterator.next()).done !== true);
  });
}

/** Aborts while nothing is answered. */
export async function assertStopsHanging(call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const ended = call(abort.signal);
  ended.catch(() => undefined);
  await pause(SLOW_MS);
  abort.abort();
  await assertEnds(() => ended);
}

/** Who leaves after the first batch is let go. */
export async function assertLetsGo<T>(read: () => Batches<T>): Promise<void> {
  const iterator = read()[Symbol.asyncIterator]();
  let next = await iterator.next();
  while (next.done !== true && next.value.length === 0) next = await iterator.next();
  await assertEnds(async () => iterator.return?.(), 'it holds who leaves after the first batch');
}

/** Nothing is asked before anybody wants a batch. */
export async function assertLazy<T>(read: () => Batches<T>, reads: () => number): Promise<void> {
  const before = reads();
  const iterator = read()[Symbol.asyncIterator]();
  await pause(SLOW_MS);
  assert.equal(reads() - before, 0, 'it reads before anybody wants a batch');
  await iterator.return?.();
}

/** A slow reader gets everything, and a plugin does not run ahead of it to the end. */
export async function assertBackPressure<T>(read: () => Batches<T>, reads: () => number): Promise<void> {
  const start = reads();
  const all = await collect(read());
  const whole = reads() - start;
  const before = reads();
  const iterator = read()[Symbol.asyncIterator]();
  const found: T[] = [];
  let next = await iterator.next();
  await pause(SLOW_MS);
  const ahead = reads() - before;
  for (; next.done !== true; next = await iterator.next()) found.push(...next.value);
  assert.equal(found.length, all.length, 'a slow reader gets less');
  assert.ok(whole >= 4, `${whole} reads in all are too few to tell: let the data need more`);
  assert.ok(ahead < whole, `all ${whole} reads are made while its reader is at the first batch`);
}
