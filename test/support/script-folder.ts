import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { SACCT_FIELDS } from '../../src/core/slurm/sacct-columns.js';
import { FakeSlurm } from '../plugins/sources/sacct/fake-slurm.js';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { brcSync, freshBrcSync, type Ended } from './cli.js';

/** A sacct that chooses like the real one, by id, account, state and end, from the lines of `rows`; and writes down how the program that asks was called. */
const SACCT = `
tr '\\0' ' ' </proc/$PPID/cmdline >>processes
ids= accounts= states= from=0 to=0
while [ $# -gt 0 ]; do
  case "$1" in
    -j) ids=$2; shift;; -A) accounts=$2; shift;; -s) states=$2; shift;;
    -S) from=\${2#uts}; shift;; -E) to=\${2#uts}; shift;;
  esac
  shift
done
header
awk -F@@ -v ids="$ids" -v accounts="$accounts" -v states="$states" -v from="$from" -v to="$to" '
  function listed(list, value) { return index("," list ",", "," value ",") > 0 }
  ids != "" { if (listed(ids, $1) || listed(ids, $2)) print; next }
  accounts != "" && !listed(accounts, $12) { next }
  states == "R,S" { if ($13 == "RUNNING") print; next }
  $7 >= from && $7 <= to { print }' rows
`;

export interface ScriptFolder {
  readonly portal: RunningPortal;
  /** Where a script lay with its token file, and a price list; nothing else is there. */
  readonly folder: string;
  readonly slurm: FakeSlurm;
  readonly environment: Readonly<Record<string, string>>;
  /** The command line in that folder, without any configuration. */
  readonly brcSync: (...args: readonly string[]) => Promise<Ended>;
  /** The same in a process of its own. */
  readonly freshBrcSync: (...args: readonly string[]) => Promise<Ended>;
}

/** The site of `examples/` behind a sacct and a portal, and the folder of a retired script. */
export async function scriptFolder(t: Test, tokenFile: string, token: string, mode = 0o600): Promise<ScriptFolder> {
  const portal = await startPortal();
  t.teardown(() => portal.close());
  const place = t.testdir({ locks: {}, folder: {} });
  const folder = join(place, 'folder');
  const slurm = new FakeSlurm(join(place, 'slurm'), { sacct: SACCT });
  slurm.write('rows', exampleRows());
  writeFileSync(join(folder, tokenFile), token, { mode });
  cpSync('examples/bank-config.toml', join(folder, 'bank-config.toml'));
  const environment = {
    PATH: `${slurm.directory}:${process.env.PATH ?? ''}`,
    BRC_SYNC_PLUGINS: '',
    BRC_SYNC_STATE_DIR: join(place, 'state'),
    BRC_SYNC_LOCK_DIR: join(place, 'locks'),
  };
  return {
    portal,
    folder,
    slurm,
    environment,
    brcSync: (...args) => brcSync(args, folder, environment),
    freshBrcSync: (...args) => freshBrcSync(args, folder, environment),
  };
}

function exampleRows(): string {
  const [header = '', ...lines] = readFileSync('examples/slurm-jobs.psv', 'utf8').trim().split('\n');
  const places = SACCT_FIELDS.map((name) => header.split('|').indexOf(name));
  return lines.map((line) => places.map((place) => line.split('|')[place] ?? '').join('@@') + '\n').join('');
}
