// Repeats a row of calls with the concurrency that they had: each waits for those that had ended before it began.

/**
 * @param calls in order of `start`; `start` and `end` are times of the first performance
 * @param perform does one call again; rejects when it fails
 * @returns seconds from the first to the last
 */
export async function replay(calls, perform) {
  const began = process.hrtime.bigint();
  const running = new Map();
  let failure = null;
  for (const call of calls) {
    for (;;) {
      const waited = [...running].filter(([other]) => other.end <= call.start).map(([, done]) => done);
      if (waited.length === 0) break;
      await Promise.race(waited);
    }
    if (failure !== null) throw failure;
    const done = perform(call)
      .catch((error) => (failure = error))
      .finally(() => running.delete(call));
    running.set(call, done);
  }
  await Promise.all(running.values());
  if (failure !== null) throw failure;
  return Number(process.hrtime.bigint() - began) / 1e9;
}

/** The most calls that ran at once. */
export function mostAtOnce(calls) {
  return Math.max(...calls.map(({ start }) => calls.filter((other) => other.start <= start && other.end > start).length));
}
