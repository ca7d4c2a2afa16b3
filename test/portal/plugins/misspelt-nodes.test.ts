import t from 'tap';
import { misspeltNodes } from './misspelt-nodes.js';

const CASES: readonly [string | null, readonly string[]][] = [
  ['n0001.savio3', ['n0001.savio3']],
  ['n00[01-03].savio3', ['n0001.savio3', 'n0002.savio3', 'n0003.savio3']],
  ['n0001.savio3,n0002.savio3', ['n0001.savio3', 'n0002.savio3']],
  ['n0[010,031].savio1', ['n0010', '031.savio1']],
  ['n0[008-010,031].savio1', ['n0008', 'n0009', 'n0010', '031.savio1']],
  ['n[1-2]-[3-4]', ['n1-3', 'n1-4', 'n2-3', 'n2-4']],
  [null, ['']],
  ['', ['']],
];

for (const [nodeList, names] of CASES) {
  void t.test(`the plugins expand ${nodeList ?? 'no nodes'}`, (t) => {
    t.strictSame(
      misspeltNodes(nodeList).map((node) => node.name),
      names,
    );
    t.end();
  });
}
