import fc from 'fast-check';
import t from 'tap';
import { pluginCost } from './plugin-cost.js';

// price, CPUs, seconds, hundredths charged, why
const CASES: readonly [string, number, number, bigint, string][] = [
  ['0.75', 20, 30, 12n, 'exactly 0.125, and 9 does not divide 30'],
  ['0.75', 20, 90, 38n, 'exactly 0.375, and 9 divides 90'],
  ['1', 2, 9, 1n, 'exactly 0.005, and 9 divides 9'],
  ['1', 18, 1, 0n, 'exactly 0.005, and 9 does not divide 1'],
  ['3', 6, 1, 0n, 'the same for a dearer CPU'],
  ['0.03', 1, 600, 1n, 'exactly 0.005: so low a price loses what was cut to the 28th decimal'],
  ['0.75', 20, 4, 2n, 'no tie'],
  ['1.20', 24, 3600, 2880n, 'a whole hour'],
  ['0.75', 32, 7200, 4800n, 'two hours'],
];

for (const [price, cpuCount, seconds, charged, why] of CASES) {
  void t.test(`${price} SU × ${cpuCount} CPUs × ${seconds} s costs ${charged} hundredths`, (t) => {
    t.equal(pluginCost({ savio: price }, 'savio', cpuCount, seconds), charged, why);
    t.end();
  });
}

void t.test('a cent is missing only on a tie, only when 9 does not divide the seconds, and never one too many', (t) => {
  const prices = fc.tuple(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 0, max: 6 }));
  fc.assert(
    fc.property(
      prices,
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 400_000 }),
      ([digits, decimals], cpuCount, seconds) => {
        const text = digits.toString().padStart(decimals + 1, '0');
        const price = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
        const charged = pluginCost({ savio: price }, 'savio', cpuCount, seconds);
        const numerator = BigInt(digits) * BigInt(cpuCount) * BigInt(seconds) * 100n;
        const divisor = 3600n * 10n ** BigInt(decimals);
        const exact = (2n * numerator + divisor) / (2n * divisor);
        const tie = (2n * numerator) % (2n * divisor) === divisor;
        if (charged === exact) return true;
        return tie && seconds % 9 !== 0 && charged === exact - 1n;
      },
    ),
    { numRuns: 2000 },
  );
  t.end();
});

void t.test('ties of a price of 1 SU an hour and more are nearly always a cent low', (t) => {
  let low = 0;
  let ties = 0;
  for (let cpuCount = 2; cpuCount <= 400; cpuCount += 2) {
    for (let seconds = 1; seconds <= 3600; seconds += 7) {
      if (seconds % 9 === 0 || (cpuCount * seconds) % 36 !== 18) continue;
      ties += 1;
      const exact = (BigInt(cpuCount * seconds) * 100n + 1800n) / 3600n;
      if (pluginCost({ savio: '1' }, 'savio', cpuCount, seconds) === exact - 1n) low += 1;
    }
  }
  t.ok(ties > 1000);
  t.ok(low / ties > 0.9, `${low} of ${ties}`);
  t.end();
});

void t.test('the reader of the prices lower-cases their keys', (t) => {
  const prices = { Savio_GPU: '2.00', savio: '1.00' };
  t.equal(pluginCost(prices, 'Savio_GPU', 1, 3600), 0n, 'a partition with capitals is not found');
  t.equal(pluginCost(prices, 'savio_gpu', 1, 3600), 200n);
  t.equal(pluginCost(prices, 'savio2', 1, 3600), 0n, 'a partition that is not listed costs nothing');
  t.end();
});
