import fc from 'fast-check';
import t from 'tap';
import { IdSet } from '../../../src/core/reconcile/id-set.js';

const id = fc.oneof(
  fc.nat(70).map(String),
  fc.integer({ min: 67_108_800, max: 67_108_900 }).map(String),
  fc.maxSafeNat().map(String),
  fc.constantFrom('007', '7', '0', '00', '4_1', '4+1', '', '-3', '9007199254740993', '9007199254740992'),
);

void t.test('it holds what a set of texts holds', (t) => {
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (added, asked) => {
      const ids = new IdSet();
      const texts = new Set<string>();
      for (const each of added) {
        ids.add(each);
        texts.add(each);
      }
      for (const each of [...added, ...asked]) if (ids.has(each) !== texts.has(each)) throw new Error(each);
    }),
  );
  t.end();
});
