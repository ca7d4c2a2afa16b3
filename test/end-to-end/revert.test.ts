import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Finding } from '../../src/core/finding.js';
import type { RunSummary } from '../../src/core/report.js';
import { brcSync } from '../support/cli.js';
import { booksOf, faultsOfReturn } from './kill-checks.js';
import { killSite } from './kill-site.js';

// Every kind of change of a run, there and back (money 22): estimates without an end, jobs cancelled while pending among them, records that were
// charged too much, too little and for too long, and jobs without a record.

void t.test(
  'run, revert: the books of before, created records at 0.00 and listed; a revert of the revert: the books of the run',
  async (t) => {
    const site = await killSite(60);
    t.teardown(() => site.close());
    const run = async (...args: readonly string[]): Promise<RunSummary> => {
      const { code, stdout, stderr } = await brcSync([...args, '--json'], '.', site.environment as Record<string, string>);
      t.equal(code, 0, `${args.join(' ')}: ${stderr}`);
      return JSON.parse(stdout) as RunSummary;
    };
    const before = booksOf(site.portal);
    const { totals } = await run('run', 'full', '--source', 'fixture', '--sink', 'portal');
    t.match(totals, { creates: 12, updates: 48 });
    const after = booksOf(site.portal);

    const reverted = await run('revert', 'last', '--yes');
    t.strictSame(faultsOfReturn(before, booksOf(site.portal), site.unrecorded), []);
    const plan = readFileSync(join(site.state, 'runs', reverted.runId, 'plan.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    const findings = plan.map((line) => JSON.parse(line) as Finding & { readonly type: string }).filter(({ type }) => type === 'finding');
    t.strictSame(
      findings.map(({ kind, jobId }) => `${kind} ${jobId}`),
      site.unrecorded.map((jobId) => `not-reverted ${jobId}`),
    );

    await run('revert', reverted.runId, '--yes');
    t.strictSame(faultsOfReturn(after, booksOf(site.portal), []), []);
  },
);
