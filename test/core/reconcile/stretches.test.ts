import t from 'tap';
import { stretchesOf } from '../../../src/core/reconcile/stretches.js';
import { contains } from '../../../src/core/window.js';

const DAY = 86_400;
const to = 1000 * DAY;

function cut(from: Readonly<Record<string, number>>) {
  return stretchesOf(new Map(Object.entries(from).map(([account, day]) => [account, { from: day * DAY, to }])));
}

void t.test('accounts that begin close together are asked together, from the first beginning on', (t) => {
  t.same(cut({ one: 640, other: 635, third: 724 }), [{ accounts: ['one', 'other', 'third'], window: { from: 635 * DAY, to } }]);
  t.end();
});

void t.test('what is much older is asked for itself, and every moment of everybody once', (t) => {
  const begins = { young: 900, old: 100, middle: 500, alike: 505 };
  const stretches = cut(begins);
  t.same(stretches, [
    { accounts: ['old'], window: { from: 100 * DAY, to: 500 * DAY } },
    { accounts: ['old', 'middle', 'alike'], window: { from: 500 * DAY, to: 900 * DAY } },
    { accounts: ['young', 'old', 'middle', 'alike'], window: { from: 900 * DAY, to } },
  ]);
  for (const [account, begin] of Object.entries(begins)) {
    const times = Array.from({ length: 1000 - begin }, (_, index) => {
      const instant = (begin + index) * DAY;
      return stretches.filter(({ accounts, window }) => accounts.includes(account) && contains(window, instant)).length;
    });
    t.ok(
      times.every((count) => count === 1),
      account,
    );
  }
  t.end();
});

void t.test('an allocation that begins after the period is asked for what still runs', (t) => {
  t.same(cut({ future: 1200 }), [{ accounts: ['future'], window: { from: to, to } }]);
  t.same(cut({ past: 500, future: 1200 }).at(-1), { accounts: ['past', 'future'], window: { from: 1000 * DAY, to } });
  t.end();
});
