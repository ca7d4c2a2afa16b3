import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunSummary } from '../../src/core/report.js';
import { runsSite } from '../support/runs-site.js';

void t.test('an amount that staff changed since brc-sync wrote it stands, after the runs are gone, too (money 14)', async (t) => {
  const { run, portal, state, puts } = await runsSite(t);
  t.match((await run('update')).stdout, /Applied 7 changes/);
  const job = portal.state.job('4')!;
  t.equal(job.amount, '0.04');
  portal.state.put({ ...job, amount: '5.00' });
  // What the journal says is in the memory after the next run that writes, whatever it finds.
  await run('full', '--account', 'co_beta');
  rmSync(join(state, 'runs'), { recursive: true });

  const sent = puts();
  const full = await run('full', '--account', 'fc_alpha');
  t.equal(full.code, 0, full.stderr);
  t.match(
    full.stdout,
    /adjusted-by-hand +4 +fc_alpha +-4\.96 +Somebody changed the amount from 0\.04, .* to 5\.00; the job costs 0\.04 SU\./,
  );
  t.equal(portal.state.job('4')?.amount, '5.00');
  t.match((await run('full', '--account', 'fc_alpha', '--overwrite-adjusted', '--dry-run')).stdout, /Dry run: /);
  t.equal(portal.state.job('4')?.amount, '5.00');
  await run('full', '--account', 'fc_alpha', '--overwrite-adjusted');
  t.equal(portal.state.job('4')?.amount, '0.04');
  t.ok(puts() > sent);
});

void t.test('a refusal is told every time and makes exit code 3 once, until something changes (money 23)', async (t) => {
  const { run, portal } = await runsSite(t);
  const { shares } = portal.state.directory.allocation('co_beta');
  shares.get('root')!.active = false;
  const first = await run('update');
  t.equal(first.code, 3);
  t.match(first.stdout, /rejected +3 .*not an active member|rejected +3 .*active member/);
  t.notMatch(first.stdout, '--retry-rejected');

  const again = await run('update');
  t.equal(again.code, 0, again.stdout);
  t.match(again.stdout, /rejected +3 /);
  t.match(again.stdout, /3 of the 3 refusals are those of an earlier run/);
  t.equal((await run('update', '--retry-rejected')).code, 3);
  t.equal((await run('update')).code, 0);

  portal.state.directory.allocation('co_beta').startDate = '2024-03-01';
  t.equal((await run('update')).code, 3, 'the allocation has other dates');
  t.equal((await run('update')).code, 0);

  shares.get('root')!.active = true;
  const accepted = JSON.parse((await run('update', '--json')).stdout) as RunSummary;
  t.match(accepted.applied, { applied: 3, rejected: 0, newlyRejected: 0 });
  t.match(JSON.parse(readFileSync(accepted.files.summary, 'utf8')), { applied: { applied: 3 } });
});

void t.test('what the guard compares with outlives the runs', async (t) => {
  const { run, state, folder } = await runsSite(t);
  t.match((await run('update')).stdout, /Applied 7 changes/);
  rmSync(join(state, 'runs'), { recursive: true });
  const other = join(folder, 'other.toml');
  const { code, stdout } = await run('full', '--prices', copyWithOnePriceMore(other));
  t.equal(code, 4);
  t.match(stdout, /The price lists are not those of run /);
});

function copyWithOnePriceMore(path: string): string {
  const text = readFileSync('examples/bank-config.toml', 'utf8').replace('[PartitionPrice]\n', '[PartitionPrice]\nnew = 1.00\n');
  writeFileSync(path, text);
  return path;
}
