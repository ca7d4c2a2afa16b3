import t from 'tap';
import { readAhead } from '../../../src/core/reconcile/read-ahead.js';

void t.test('items come in order, and never more than the depth is read ahead', async (t) => {
  const begun: number[] = [];
  const seen: number[] = [];
  for await (const [item, result] of readAhead(
    [1, 2, 3, 4, 5],
    () => 2,
    async (each) => begun.push(each) * 10,
  )) {
    seen.push(item);
    t.equal(result, item * 10);
    t.ok(begun.length <= item + 3, `${begun.length} begun at item ${item}`);
  }
  t.same(seen, [1, 2, 3, 4, 5]);
});

void t.test('a failed read is thrown in its turn, and reads nobody waits for do not crash the process', async (t) => {
  const seen: number[] = [];
  await t.rejects(async () => {
    for await (const [item] of readAhead(
      [1, 2, 3, 4],
      () => 2,
      (each) => (each > 1 ? Promise.reject(new Error(`no ${each}`)) : Promise.resolve()),
    )) {
      seen.push(item);
    }
  }, /no 2/);
  t.same(seen, [1]);
});

void t.test('what was read decides how far ahead to read', async (t) => {
  const begun: number[] = [];
  const depths: number[] = [];
  const sizes = [1, 9, 9, 1, 1, 1, 1, 1];
  for await (const [item] of readAhead(
    sizes.keys(),
    (last: number | undefined) => ((last ?? 0) < 5 ? 2 : 0),
    async (each) => {
      begun.push(each);
      return sizes[each] ?? 0;
    },
  )) {
    depths.push(begun.length - item);
  }
  t.same(begun, [...sizes.keys()]);
  t.same(depths, [4, 3, 2, 4, 4, 3, 2, 1]);
});
