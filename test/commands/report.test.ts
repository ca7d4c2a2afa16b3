import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ReportJson } from '../../src/core/reporting/report-json.js';
import { runsSite } from '../support/runs-site.js';

void t.test('a run against a portal, told on the terminal, for a ticket, for a browser and for a program', async (t) => {
  const site = await runsSite(t);
  t.match(await site.command('report'), { code: 2, stderr: /There is no run last/ });
  t.match(await site.run('update', '--allow', 'over-estimate=9'), { code: 0 });
  const plugins = ['--plugins', join(site.folder, 'plugins.json')];
  const text = await site.command('report', ...plugins);
  t.match(text, { code: 0, stdout: /^run update of .*\nfixture → portal; run .*, done;.*\n\n7 changes in 2 accounts: / });
  t.match(text.stdout, /^4 +fc_alpha +-47\.96 +48\.00 → 0\.04, applied\. Partition savio3: 12 × 4 CPUs × 3 s/m);

  const html = join(site.folder, 'report.html');
  const ticket = await site.command('report', 'last', ...plugins, '--markdown', '--html', html);
  t.match(ticket.stdout, /^# run update of /);
  t.match(ticket.stdout, /^\| `fc_alpha` \| \d+ \| 0 \| /m);
  t.equal(ticket.stderr, `Page: ${html}\n`);
  t.equal(statSync(html).mode & 0o777, 0o600);
  t.match(readFileSync(html, 'utf8'), /^<!doctype html>/);

  const since = JSON.parse((await site.command('report', '--since', '2026-01-01', ...plugins, '--json')).stdout) as ReportJson;
  t.match(since, { kind: 'done', totals: { updates: 7 }, runs: [{ outcome: 'done' }], pricesKnown: true, html: null });
});

void t.test('what cannot be asked or written is said', async (t) => {
  const site = await runsSite(t);
  t.match(await site.run('update', '--dry-run'), { code: 0 });
  t.match(await site.command('report', 'last', '--since', '2026-01-01'), { code: 2, stderr: /not both/ });
  t.match(await site.command('report', '--since', 'yesterday'), { code: 2, stderr: /YYYY-MM-DD/ });
  t.match(await site.command('report', '--since', '2026-01-01'), { code: 2, stderr: /No run of .* has written anything since then/ });
  t.match(await site.command('report', '--html', site.folder), { code: 2, stderr: /cannot be written/ });
  t.match(await site.command('report', '--html', join(site.folder, 'no', 'where.html')), { code: 2, stderr: /cannot be written/ });
  t.match(await site.command('report'), { code: 0, stdout: /7 changes in 2 accounts planned, nothing was sent/ });
});
