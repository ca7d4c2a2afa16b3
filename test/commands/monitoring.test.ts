import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { StatusJson } from '../../src/core/status/status-json.js';
import { runsSite } from '../support/runs-site.js';

void t.test('a run leaves its metrics; when the token has expired they say so, and so does status', async (t) => {
  const site = await runsSite(t);
  const file = join(site.folder, 'update.prom');
  const metrics = ['--metrics', file];
  t.match(await site.run('update', ...metrics, '--allow', 'over-estimate=9'), { code: 0 });
  const about = 'command="run update",source="fixture",sink="portal"';
  const first = readFileSync(file, 'utf8');
  const success = /^brc_sync_last_success_timestamp_seconds\{.*$/m;
  t.match(first, `brc_sync_last_run_changes{${about},outcome="applied"} 7\n`);
  t.match(first, `brc_sync_last_run_requests{${about},peer="portal",method="PUT",result="200"} 7\n`);
  t.match(first, success);

  writeFileSync(join(site.folder, 'portal.token'), 'expired', { mode: 0o600 });
  t.match(await site.run('update', ...metrics), { code: 6 });
  const second = readFileSync(file, 'utf8');
  t.match(second, `brc_sync_last_run_exit_code{${about}} 6\n`);
  t.match(second, 'result="401"');
  t.equal(success.exec(second)?.[0], success.exec(first)?.[0]);

  const status = JSON.parse((await site.command('status', '--json')).stdout) as StatusJson;
  t.match(status.runs, [{ command: 'run update', sink: 'portal', outcome: 'failed', exitCode: 6 }]);
  t.equal(status.next, 'brc-sync run update --source fixture --sink portal');
  t.match((await site.command('status')).stdout, /failed \(6\).*\n\nWaits for you:\n- The last run update \(fixture → portal\) failed/);
});
