import fc from 'fast-check';
import t from 'tap';
import { createInFlightLimit } from '../../src/core/http-limit.js';
import { jitteredDelayMs, retryAfterMs } from '../../src/core/http-retry.js';

const signal = new AbortController().signal;

void t.test('starts with four, grows while answers are good, halves when they are not', async (t) => {
  const limit = createInFlightLimit(16);
  t.equal(limit.current, 4);
  const answer = async (ms: number, isOverload = false): Promise<void> => (await limit.enter(signal))({ ms, isOverload });
  for (let count = 0; count < 200; count += 1) await answer(20);
  t.equal(limit.current, 16);
  await answer(400);
  t.equal(limit.current, 8, 'a slow answer');
  await answer(20, true);
  t.equal(limit.current, 4, 'a server that says it is too much');
  for (let count = 0; count < 5; count += 1) await answer(20, true);
  t.equal(limit.current, 1, 'never none');
  t.equal(createInFlightLimit(2).current, 2);
});

void t.test('requests that were slow together halve it once; the next that is slow, again', async (t) => {
  const limit = createInFlightLimit(16);
  const together = (): Promise<((outcome: { ms: number; isOverload: boolean }) => void)[]> =>
    Promise.all(Array.from({ length: limit.current }, () => limit.enter(signal)));
  for (let round = 0; round < 20; round += 1) for (const leave of await together()) leave({ ms: 5, isOverload: false });
  t.equal(limit.current, 16);
  for (const leave of await together()) leave({ ms: 80, isOverload: false });
  t.equal(limit.current, 8);
  for (const leave of await together()) leave({ ms: 80, isOverload: true });
  t.equal(limit.current, 4);
  for (const leave of await together()) leave({ ms: 5, isOverload: false });
  t.equal(limit.current, 5, 'and one more after a good round');
});

void t.test('never more at once than the limit, and all get their turn', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.array(fc.boolean(), { maxLength: 60 }), async (max, overloads) => {
      const limit = createInFlightLimit(max);
      let running = 0;
      let most = 0;
      const one = async (isOverload: boolean): Promise<void> => {
        const leave = await limit.enter(signal);
        most = Math.max(most, ++running);
        await Promise.resolve();
        running -= 1;
        leave({ ms: 1, isOverload });
      };
      await Promise.all(overloads.map(one));
      return most <= max && running === 0;
    }),
  );
  t.pass();
});

void t.test('who waits can be called off', async (t) => {
  const limit = createInFlightLimit(1);
  const leave = await limit.enter(signal);
  const controller = new AbortController();
  const waiting = limit.enter(controller.signal);
  controller.abort(new Error('enough'));
  await t.rejects(waiting, { message: 'enough' });
  leave({ ms: 1, isOverload: false });
  (await limit.enter(signal))({ ms: 1, isOverload: false });
});

void t.test('a crowd that waits with one signal draws no warning', async (t) => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  const limit = createInFlightLimit(1);
  const crowd = Array.from({ length: 30 }, () =>
    limit.enter(new AbortController().signal).then((leave) => leave({ ms: 1, isOverload: false })),
  );
  const { signal: shared } = new AbortController();
  const together = Array.from({ length: 30 }, () => limit.enter(shared).then((leave) => leave({ ms: 1, isOverload: false })));
  await Promise.all([...crowd, ...together]);
  await new Promise(setImmediate);
  t.strictSame(warnings, []);
});

void t.test('delays stay between nothing and their bound', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const delay = jitteredDelayMs(attempt, () => random);
      return delay >= 0 && delay <= Math.min(20_000, 250 * 2 ** (attempt - 1));
    }),
  );
  t.equal(retryAfterMs(null, 0), null);
  t.equal(retryAfterMs('-5', 0), null);
  t.equal(retryAfterMs('Thu, 01 Jan 1970 00:00:01 GMT', 5000), 0, 'a time that is past');
  t.end();
});
