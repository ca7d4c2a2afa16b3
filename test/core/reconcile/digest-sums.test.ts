import fc from 'fast-check';
import t from 'tap';
import { ExpectedSums, minus, sumsAgree, sumWithin, type Theirs } from '../../../src/core/reconcile/digest-sums.js';
import type { Contribution, Expected } from '../../../src/core/reconcile/expected.js';
import { unequalWindows } from '../../../src/core/reconcile/unequal-windows.js';
import { contains, type Window } from '../../../src/core/window.js';

const END = 100_000;
const expected: fc.Arbitrary<Expected> = fc
  .record({ startedAt: fc.nat(END), low: fc.nat(9999).map(BigInt), tie: fc.nat(1).map(BigInt), cpuHours: fc.nat(1000) })
  .map(({ tie, ...rest }) => ({ ...rest, high: rest.low + tie }));
const windows = fc.tuple(fc.nat(END), fc.nat(END)).map(([a, b]): Window => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));

void t.test('sums of a window are those of the jobs that start in it; it is cut inside, with jobs on both sides where that can be', (t) => {
  fc.assert(
    fc.property(fc.array(expected), windows, (all, window) => {
      const sums = new ExpectedSums(all);
      const within = all.filter(({ startedAt }) => contains(window, startedAt));
      const sum = (of: (each: Expected) => bigint): bigint => within.reduce((total, each) => total + of(each), 0n);
      const found = sums.within(window);
      t.same(found.count, within.length);
      t.same(
        found.low,
        sum(({ low }) => low),
      );
      t.same(
        found.high,
        sum(({ high }) => high),
      );
      t.same(
        found.cpuHours,
        within.reduce((total, { cpuHours }) => total + cpuHours, 0),
      );
      if (window.to - window.from < 2) return;
      const middle = sums.middle(window);
      t.ok(middle > window.from && middle < window.to);
    }),
  );
  t.end();
});

void t.test('count, amount between low and high, hours within a millionth', (t) => {
  const ours = { count: 2, low: 199n, high: 200n, cpuHours: 1_000_000 };
  const agrees = (theirs: Partial<Theirs>): boolean => sumsAgree({ count: 2, amount: 200n, cpuHours: 1_000_000, ...theirs }, ours);
  t.ok(agrees({}) && agrees({ amount: 199n }) && agrees({ cpuHours: 1_000_000.9 }) && agrees({ cpuHours: 999_999.1 }));
  t.notOk(agrees({ count: 3 }) || agrees({ count: 1 }));
  t.notOk(agrees({ amount: 198n }) || agrees({ amount: 201n }));
  t.notOk(agrees({ cpuHours: 1_000_002 }) || agrees({ cpuHours: 999_998 }));
  t.end();
});

/** Finds the parts in which the sums of two lists differ. */
async function search(ours: readonly Expected[], theirs: readonly Contribution[]) {
  let questions = 0;
  const window = { from: 0, to: END + 1 };
  const ask = (part: Window): Promise<Theirs> => {
    questions += 1;
    return Promise.resolve(sumWithin(theirs, part));
  };
  const found = await unequalWindows(window, sumWithin(theirs, window), new ExpectedSums(ours), ask);
  return { found, questions };
}

const recorded = (jobs: readonly Expected[]): Contribution[] =>
  jobs.map(({ startedAt, high, cpuHours }) => ({ startedAt, amount: high, cpuHours }));

void t.test('a single difference is found in a window of few records, with few questions', async (t) => {
  const jobs = fc.array(expected, { minLength: 1, maxLength: 500, size: 'max' });
  await fc.assert(
    fc.asyncProperty(jobs, fc.nat(), fc.constantFrom('missing', 'extra', 'more'), async (ours, pick, fault) => {
      const theirs = recorded(ours);
      const index = pick % theirs.length;
      const victim = theirs[index] as Contribution;
      if (fault === 'missing') theirs.splice(index, 1);
      else if (fault === 'extra') theirs.push(victim);
      else theirs[index] = { ...victim, amount: victim.amount + 501n };
      const { found, questions } = await search(ours, theirs);
      t.equal(found.length, 1);
      const [window = { from: 0, to: 0 }] = found;
      t.ok(contains(window, victim.startedAt));
      t.ok(sumWithin(theirs, window).count <= 51 || window.to - window.from === 1);
      t.ok(questions <= 25, `${questions} questions`);
    }),
    { numRuns: 50 },
  );
  t.same((await search([], [])).found, []);
});

void t.test('neighbours are read together, and past many questions the rest is read whole', async (t) => {
  const ours = Array.from({ length: 20_000 }, (_, index) => ({ startedAt: index * 5, low: 10n, high: 10n, cpuHours: 1 }));
  const { found, questions } = await search(
    ours,
    recorded(ours).map((each) => ({ ...each, amount: 11n })),
  );
  t.same(found, [{ from: 0, to: END + 1 }]);
  t.equal(questions, 48);
});

void t.test('a part that is taken away leaves the rest', (t) => {
  const whole = { count: 3, amount: 10n, cpuHours: 5 };
  t.same(minus(whole, { count: 1, amount: 4n, cpuHours: 2 }), { count: 2, amount: 6n, cpuHours: 3 });
  t.end();
});
