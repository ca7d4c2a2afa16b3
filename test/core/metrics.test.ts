import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FINDING_KINDS } from '../../src/core/finding.js';
import { writeMetrics } from '../../src/core/metrics/exposition.js';
import { RequestTally } from '../../src/core/metrics/request-tally.js';
import { RunMeter } from '../../src/core/metrics/run-meter.js';
import { memorySink, memorySource } from '../support/memory-plugins.js';
import { answering, openJobs } from '../support/open-jobs.js';
import { codeSpans, section } from '../support/readme.js';
import { runCore } from '../support/run-core.js';

const ABOUT = { command: 'run update', source: 'memory', sink: 'portal' };
const LABELS = 'command="run update",source="memory",sink="portal"';
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Each sample by its name and labels. */
function read(path: string): ReadonlyMap<string, string> {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/ (?=[^ ]+$)/) as [string, string]);
  return new Map(samples.map(([name, value]) => [name.replace(LABELS, '').replace('{}', '').replace('{,', '{'), value]));
}

void t.test('a run that ended: what it did, under the names of the conventions', async (t) => {
  const path = join(t.testdir(), 'update.prom');
  const { rows, records } = openJobs(3);
  const sink = answering(memorySink(records), ({ jobId }) =>
    jobId === '1000' ? { status: 'rejected', cause: 'a "member"\nof none \\', message: 'm', remedy: 'r' } : { status: 'applied' },
  );
  let nowMs = 1_000_000;
  const meter = new RunMeter({ path, version: '1.2.3', nowMs: () => nowMs });
  meter.begin(ABOUT);
  const { summary, exitCode } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  for (const ms of [10, 20, 400]) meter.countRequest({ instance: 'portal', method: 'PUT', result: '200', ms });
  meter.countRequest({ instance: 'portal', method: 'PUT', result: 'timeout', ms: 30_000 });
  nowMs += 2_500;
  meter.ended(summary, silent);

  const samples = read(path);
  t.equal(exitCode, 3);
  t.match(Object.fromEntries(samples), {
    'brc_sync_info{version="1.2.3"}': '1',
    brc_sync_last_run_timestamp_seconds: '1002.5',
    brc_sync_last_run_duration_seconds: '2.5',
    brc_sync_last_run_exit_code: '3',
    brc_sync_last_run_guard_refused: '0',
    'brc_sync_last_run_planned_changes{kind="update"}': '3',
    'brc_sync_last_run_planned_service_units{direction="down"}': '69.00',
    'brc_sync_last_run_changes{outcome="applied"}': '2',
    'brc_sync_last_run_changes{outcome="rejected"}': '1',
    brc_sync_last_run_applied_net_service_units: '-46.00',
    'brc_sync_last_run_rejections{cause="a \\"member\\"\\nof none \\\\"}': '1',
    brc_sync_last_run_new_rejections: '1',
    'brc_sync_last_run_requests{peer="portal",method="PUT",result="200"}': '3',
    'brc_sync_last_run_requests{peer="portal",method="PUT",result="timeout"}': '1',
    'brc_sync_last_run_request_duration_seconds_count{peer="portal",method="PUT"}': '4',
    'brc_sync_last_run_request_duration_seconds_sum{peer="portal",method="PUT"}': '30.43',
    'brc_sync_last_run_request_duration_seconds{peer="portal",method="PUT",quantile="0.5"}': '0.02',
  });
  for (const kind of FINDING_KINDS) t.equal(samples.get(`brc_sync_last_run_findings{kind="${kind}"}`), '0');
  t.equal(samples.get('brc_sync_last_success_timestamp_seconds'), undefined, 'it has not succeeded yet');
  t.equal(statSync(path).mode & 0o777, 0o644, 'the collector can read it');
  t.same(readdirSync(join(path, '..')), ['update.prom'], 'nothing half-written is left');
});

void t.test('the time of the last success outlives runs that fail and dry runs, of the same command only', async (t) => {
  const path = join(t.testdir(), 'update.prom');
  const { rows, records } = openJobs(1);
  const sink = memorySink(records);
  const run = async (nowMs: number, about: typeof ABOUT, dryRun: boolean | null): Promise<string | undefined> => {
    const meter = new RunMeter({ path, version: '1', nowMs: () => nowMs });
    meter.begin(about);
    if (dryRun === null) meter.failed(6, silent);
    else meter.ended((await runCore({ source: memorySource(rows), sink, request: { command: 'update', dryRun } })).summary, silent);
    return read(path).get('brc_sync_last_success_timestamp_seconds');
  };
  t.equal(await run(1_000, ABOUT, true), undefined);
  t.equal(await run(2_000, ABOUT, false), '2');
  t.equal(await run(3_000, ABOUT, null), '2');
  t.equal(read(path).get('brc_sync_last_run_exit_code'), '6');
  t.equal(await run(4_000, ABOUT, true), '2');
  t.equal(await run(5_000, { ...ABOUT, sink: 'other' }, null), undefined);
});

void t.test('a place that cannot be written is told before the run; one that became so is a warning', async (t) => {
  const folder = t.testdir();
  t.throws(() => new RunMeter({ path: join(folder, 'none', 'a.prom'), version: '1' }), { code: 'OUTPUT_FAILED', exitCode: 2 });
  mkdirSync(join(folder, 'a.prom'));
  t.throws(() => new RunMeter({ path: join(folder, 'a.prom'), version: '1' }), { code: 'OUTPUT_FAILED' });

  const path = join(folder, 'b.prom');
  const meter = new RunMeter({ path, version: '1' });
  mkdirSync(path);
  writeFileSync(join(path, 'file'), '');
  const warnings: string[] = [];
  meter.failed(1, { ...silent, warn: (message) => void warnings.push(message) });
  t.same(warnings, ['the metrics were not written']);
  chmodSync(folder, 0o755);
});

void t.test('each line is one that the text format allows', (t) => {
  const tally = new RequestTally();
  tally.add({ instance: 'a', method: 'GET', result: '200', ms: 0.2 });
  const text = writeMetrics([...tally.metrics(), { name: 'empty', help: 'h', type: 'gauge', samples: [] }], { command: 'run "x"\n' });
  t.notMatch(text, 'empty');
  for (const line of text.trimEnd().split('\n')) {
    t.match(line, /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\} -?[\d.]+)$/);
  }
  t.end();
});

void t.test('the README names every metric and no other, and the example rules ask for none that there is not', async (t) => {
  const path = join(t.testdir(), 'update.prom');
  const { rows, records } = openJobs(1);
  const meter = new RunMeter({ path, version: '1' });
  meter.begin(ABOUT);
  meter.countRequest({ instance: 'portal', method: 'PUT', result: '200', ms: 1 });
  meter.ended((await runCore({ source: memorySource(rows), sink: memorySink(records), request: { command: 'update' } })).summary, silent);
  const written = readFileSync(path, 'utf8');
  const names = [...written.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const told = codeSpans(section('Monitoring')).filter((span) => span.startsWith('brc_sync_'));
  // Only there once something was refused.
  t.same(told.sort(), [...names, 'brc_sync_last_run_rejections'].sort());
  const asked = new Set(readFileSync('examples/prometheus-alerts.yml', 'utf8').match(/brc_sync_[a-z_]+/g));
  t.ok(asked.size >= 7);
  for (const name of asked) t.match(written, `# TYPE ${name} `);
});
