import assert from 'node:assert/strict';

/** Something that a plugin must do: `run` throws when it does not. A capability that the plugin lacks is said in the title. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

const DEADLINE_MS = 5_000;

export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

/** An aborted call must throw or end, and soon. */
export async function assertStops(call: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((done) => {
    timer = setTimeout(() => done('late'), DEADLINE_MS);
  });
  const stopped = call().then(
    () => 'stopped',
    () => 'stopped',
  );
  try {
    assert.notEqual(await Promise.race([stopped, late]), 'late', `it goes on ${DEADLINE_MS} ms after the signal`);
  } finally {
    clearTimeout(timer);
  }
}
