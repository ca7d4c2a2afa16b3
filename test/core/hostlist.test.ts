import fc from 'fast-check';
import t from 'tap';
import { BrcSyncError } from '../../src/core/errors.js';
import { expandHostlist, hasNodes, MAX_HOSTS } from '../../src/core/hostlist.js';

/** What `scontrol show hostnames` of Slurm 25.11.7 makes of each expression (contract slurm.md, section 3). */
const EXPANSIONS: readonly (readonly [string, string])[] = [
  ['n0001.savio3', 'n0001.savio3'],
  ['n[0001-0003]', 'n0001 n0002 n0003'],
  ['n0001.savio3,n[0102-0104]', 'n0001.savio3 n0102 n0103 n0104'],
  ['n0001.savio[2-4]', 'n0001.savio2 n0001.savio3 n0001.savio4'],
  ['n0[001,003-004]', 'n0001 n0003 n0004'],
  ['n[001-003,007]', 'n001 n002 n003 n007'],
  ['a[1-2]b[3-4]', 'a1b3 a1b4 a2b3 a2b4'],
  ['a[1-2][3-4]', 'a13 a14 a23 a24'],
  ['n[1-2].[3-4]', 'n1.3 n1.4 n2.3 n2.4'],
  ['n[0-1][0-1]', 'n00 n01 n10 n11'],
  ['a[1-2],b[3-4]', 'a1 a2 b3 b4'],
  ['x[1-2]y[3-4],z9', 'x1y3 x1y4 x2y3 x2y4 z9'],
  ['cn[1-2],gpu[01-02],login', 'cn1 cn2 gpu01 gpu02 login'],
  ['gpu[1-2],cpu[1-2],gpu[5]', 'gpu1 gpu2 cpu1 cpu2 gpu5'],
  ['a-b-[1-2]', 'a-b-1 a-b-2'],
  ['n_1[1-2]', 'n_11 n_12'],
  ['3c[1-2]', '3c1 3c2'],
  ['n1.a.b,n2.a.b', 'n1.a.b n2.a.b'],
  ['n[1-2]x[1]', 'n1x1 n2x1'],
  ['n0[001-002].savio3', 'n0001.savio3 n0002.savio3'],
  ['n[1-3]-ib', 'n1-ib n2-ib n3-ib'],
  ['a[1-2]b[3-4]c', 'a1b3c a1b4c a2b3c a2b4c'],
  ['n[1-3,5,7-8]', 'n1 n2 n3 n5 n7 n8'],
  ['n[08-11]', 'n08 n09 n10 n11'],
  ['n[8-11]', 'n8 n9 n10 n11'],
  ['n[008-011,5]', 'n008 n009 n010 n011 n5'],
  ['n[1-2,03-04]', 'n1 n2 n03 n04'],
  ['n[9-10,009-010]', 'n9 n10 n009 n010'],
  ['n[1,02,003]', 'n1 n02 n003'],
  ['n[009-010,10-11]', 'n009 n010 n10 n11'],
  ['n[09-10,11]', 'n09 n10 n11'],
  ['n[7,0001]', 'n7 n0001'],
  ['n[098-101]', 'n098 n099 n100 n101'],
  ['n[99-100]', 'n99 n100'],
  ['n[99999-100002]', 'n99999 n100000 n100001 n100002'],
  ['n[05]', 'n05'],
  ['n[1,1,2]', 'n1 n2'],
  ['n[10-12,10]', 'n10 n11 n12'],
  ['n1,,n2', 'n1 n2'],
  ['n1, n2', 'n1 n2'],
  ['n1 n2', 'n1 n2'],
  ['n[1-3],', 'n1 n2 n3'],
  [',n[1-3]', 'n1 n2 n3'],
  ['[1-3]', '1 2 3'],
  ['N[1-2]', 'N1 N2'],
  ['host[1-3],host5', 'host1 host2 host3 host5'],
  ['b[1-3],c1,d[1-5],e1', 'b1 b2 b3 c1 d1 d2 d3 d4 d5 e1'],
  ['b[1-3],d[1,3-4]', 'b1 b2 b3 d1 d3 d4'],
  ['a[1-2]b[1-2]c[1-2]', 'a1b1c1 a1b1c2 a1b2c1 a1b2c2 a2b1c1 a2b1c2 a2b2c1 a2b2c2'],
];

void t.test('every expansion that Slurm was seen to make', (t) => {
  for (const [expression, names] of EXPANSIONS) {
    t.same([...expandHostlist(expression)].sort(), names.split(' ').sort(), expression);
  }
  t.end();
});

void t.test('texts that stand for no nodes', (t) => {
  for (const text of ['', ' ', 'None assigned', '(null)', '(unknown)']) {
    t.same(expandHostlist(text), [], JSON.stringify(text));
    t.equal(hasNodes(text), false);
  }
  t.equal(hasNodes(null), false);
  t.equal(hasNodes('n0001.savio3'), true);
  t.end();
});

void t.test('an expression that cannot be read is an error that names it', (t) => {
  for (const expression of ['n[3-1]', 'n[]', 'n[a-c]', 'n[1-2,]', 'n[1-', 'n]1', 'n[1[2]]', 'n[0x1-0x2]', 'n[1 2]', 'n[1-2-3]', 'n[٣]']) {
    t.throws(() => expandHostlist(expression), { code: 'HOSTLIST_INVALID', context: { nodeList: expression } }, expression);
  }
  t.end();
});

void t.test('an absurd expression is refused before anything is built', (t) => {
  t.equal(expandHostlist('n[0-65535]').length, MAX_HOSTS);
  t.equal(expandHostlist('n[0-255]x[0-255]').length, MAX_HOSTS);
  const absurd = [
    'n[0-65536]',
    'n[0-65535],m',
    'n[0-255]x[0-256]',
    `n${'[0-9]'.repeat(60)}`,
    'n[0-999999999999999]',
    `n[0-${'9'.repeat(400)}]`,
  ];
  for (const expression of absurd) t.throws(() => expandHostlist(expression), { code: 'HOSTLIST_INVALID' }, expression);
  t.throws(() => expandHostlist(`${'x'.repeat(1_000_000)}[0-65535]`), { code: 'HOSTLIST_INVALID' }, 'a long name is not multiplied');
  t.throws(() => expandHostlist('x'.repeat(1_000_000)), { message: /^.{1,300}$/ }, 'the message stays short');
  t.end();
});

void t.test('whatever the text, the answer is a bounded list or the typed error', (t) => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('[', ']', '-', ',', '0', '1', '9', 'n', ' '), maxLength: 60 }),
    fc
      .array(fc.constantFrom('n', '[', ']', '[0-9]', '[00-99]', ',', '[1,2]', '-', '.', '999999', '[5'), { maxLength: 30 })
      .map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
  fc.assert(
    fc.property(text, (expression) => {
      try {
        const names = expandHostlist(expression);
        return names.length <= MAX_HOSTS && new Set(names).size === names.length && names.every((name) => !/[[\]]/.test(name));
      } catch (error) {
        return error instanceof BrcSyncError && error.code === 'HOSTLIST_INVALID';
      }
    }),
    { numRuns: 3000, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  );
  t.end();
});

void t.test('a range is every number from low to high, padded to the width of low', (t) => {
  const range = fc.tuple(fc.nat(5000), fc.nat(200), fc.nat(6));
  fc.assert(
    fc.property(range, ([low, more, width]) => {
      const written = String(low).padStart(width, '0');
      const names = expandHostlist(`n[${written}-${low + more}]`);
      return (
        names.length === more + 1 &&
        names.every((name, i) => Number(name.slice(1)) === low + i && name.length - 1 === Math.max(written.length, String(low + i).length))
      );
    }),
  );
  t.end();
});
