import t from 'tap';
import type { Row } from '../../../../src/core/job.js';
import { SACCT_FIELDS } from '../../../../src/core/slurm/sacct-columns.js';
import { createSacctRowReader } from '../../../../src/core/slurm/sacct-row.js';
import { AUTUMN_HOURS, sourceSuite } from '../../../../src/testkit.js';
import { FakeSlurm, line, NOW } from './fake-slurm.js';

const DAY = 86_400;

function column(name: (typeof SACCT_FIELDS)[number]): string {
  return `$${SACCT_FIELDS.indexOf(name) + 1}`;
}

/** Chooses lines of the file `jobs` as sacct would, or fails as the file `fault` says. */
const SACCT = `
echo $$ >>pids
fault=$(cat fault)
case $fault in
  unreachable) echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1;;
  denied) echo "sacct: error: Protocol authentication error" >&2; exit 1;;
  hang) exec sleep 30;;
esac
while [ $# -gt 0 ]; do
  case $1 in
    --version) echo "slurm 22.05.8"; exit;;
    -A) accounts=$2; shift;;
    -s) states=$2; shift;;
    -S) from=\${2#uts}; shift;;
    -E) to=\${2#uts}; shift;;
    -j) ids=$2; shift;;
  esac
  shift
done
answer() {
  header
  awk -F@@ -v accounts=",$accounts," -v states="$states" -v from="$from" -v to="$to" -v ids=",$ids," -v fault="$fault" '
    {
      split(${column('JobID')}, parts, /[_+]/)
      if (ids != ",,") wanted = index(ids, "," ${column('JobIDRaw')} ",") || index(ids, "," ${column('JobID')} ",") || index(ids, "," parts[1] ",")
      else {
        runs = ${column('End')} == "Unknown"
        wanted = states == "R,S" ? runs : !runs && ${column('End')} + 0 >= from + 0 && ${column('End')} + 0 <= to + 0
        if (accounts != ",,") wanted = wanted && index(accounts, "," ${column('Account')} ",")
      }
      if (wanted) print
      if (wanted && fault == "duplicate") print
    }' jobs
}
case $fault in
  torn) answer | head -c -20;;
  reset) answer | head -n 2; kill -9 $$;;
  *) answer;;
esac
`;

const lines = [
  ...Array.from({ length: 12 }, (_, index) => {
    const End = NOW - DAY * (100 - index * 8);
    const fields = { JobIDRaw: 100 + index, Account: index % 2 === 0 ? 'fc_alpha' : 'co_beta' };
    return line({ ...fields, Submit: End - 900, Eligible: End - 900, Start: End - 600, End, ElapsedRaw: 600 });
  }),
  ...[AUTUMN_HOURS.first, AUTUMN_HOURS.second].map(({ from }, index) =>
    line({ JobIDRaw: 200 + index, Submit: from - 100, Eligible: from - 100, Start: from + 1200, End: from + 1800, ElapsedRaw: 600 }),
  ),
  line({ JobID: '300_7', JobIDRaw: 301 }),
  line({ JobID: '400+1', JobIDRaw: 401, Account: 'co_beta' }),
  line({ JobIDRaw: 500, State: 'RUNNING', End: 'Unknown', Start: NOW - 1500, ElapsedRaw: 1500 }),
];
const read = createSacctRowReader(SACCT_FIELDS, { delimiter: '@@' });
const rows = lines.map((text) => read(text)).filter((row): row is Row => row !== null);

const SACCTMGR = 'case "$*" in *cluster*) echo savio;; *configuration*) settings;; *account*) printf "fc_alpha\nco_beta\n";; esac';
const slurm = new FakeSlurm(t.testdir(), { sacct: SACCT, sacctmgr: SACCTMGR });
slurm.write('jobs', `${lines.join('\n')}\n`);

await sourceSuite(
  t,
  ({ fault }) => {
    slurm.write('fault', fault ?? 'none');
    return slurm.source();
  },
  {
    known: { rows, window: { from: NOW - DAY * 90, to: NOW } },
    capabilities: ['accounts', 'aliveIds', 'partitions'],
    faults: ['torn', 'reset', 'duplicate', 'unreachable', 'denied', 'hang'],
    reads: () => slurm.calls().length,
  },
);

void t.test('what was asked of sacct has ended', async (t) => t.strictSame(slurm.survivors(), []));
