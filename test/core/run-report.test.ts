import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import t from 'tap';
import { renderRunReport } from '../../src/commands/_run-report.js';
import type { PutOutcome } from '../../src/core/job-sink.js';
import { LargestChanges } from '../../src/core/reporting/largest-changes.js';
import { renderMarkdown } from '../../src/core/reporting/markdown.js';
import { renderPage } from '../../src/core/reporting/page/page.js';
import { markup } from '../../src/core/reporting/page/markup.js';
import { reportJson } from '../../src/core/reporting/report-json.js';
import { makeReport, type MadeReport } from '../../src/core/reporting/run-report.js';
import type { ReportQuestion } from '../../src/core/reporting/choose-runs.js';
import { FINDING_REMEDIES } from '../../src/core/finding.js';
import { parseInstant } from '../../src/core/instants.js';
import { visibleText } from '../../src/core/visible-text.js';
import { pricesOf } from '../support/context.js';
import { NOON, HOUR } from '../support/jobs.js';
import { HOSTILE } from '../support/large-report.js';
import { aChange, writeRun } from '../support/written-runs.js';

const DAY_1 = '20260910T120000000Z-00000a';
const DAY_3 = '20260912T120000000Z-00000b';
const REFUSED: PutOutcome = { status: 'rejected', cause: 'not in project …', message: 'bob is not in project fc_beta', remedy: 'Ask.' };
const PAGE = { assets: 'assets', version: '0.1.0' };

const schema = (name: string): object => JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as object;
const isReport = new Ajv({ allowUnionTypes: true, schemas: [schema('plan')] }).compile(schema('report'));

async function reportOf(stateDirectory: string, question: ReportQuestion): Promise<MadeReport> {
  const pricing = { prices: pricesOf({ savio3: 1 }), freeQos: new Set<string>() };
  const made = await makeReport(question, { stateDirectory, now: NOON, pricingOf: () => Promise.resolve(pricing), rows: 100 });
  const fits = isReport(JSON.parse(JSON.stringify(reportJson(made.report, null))));
  if (!fits) throw new Error(JSON.stringify(isReport.errors));
  return made;
}

function finding(jobId: string, quiet = false) {
  const kind = 'adjusted-by-hand' as const;
  return { kind, jobId, account: 'fc_alpha', message: `Job ${jobId} was set.`, remedy: FINDING_REMEDIES[kind], suAtStake: '2.00', quiet };
}

void t.test('sums are of what took effect, exactly, and by account those that moved most first', async (t) => {
  const state = t.testdir();
  const changes = [
    aChange('1', '24.00', '1.00'),
    { ...aChange('2', '0.00', '0.10', { account: 'co_beta' }), kind: 'create' as const, before: null },
    aChange('3', '0.00', '0.20', { account: 'co_beta' }),
    aChange('4', '9.00', '1.00', { account: 'co_beta' }),
    aChange('5', '9.00', '1.00', { account: 'co_beta' }),
  ];
  const outcomes: Record<string, PutOutcome | null> = { '4': REFUSED, '5': null };
  await writeRun(state, {
    runId: DAY_1,
    changes,
    outcomeOf: ({ jobId }) => (jobId in outcomes ? outcomes[jobId]! : { status: 'applied' }),
    findings: [finding('7'), finding('8', true)],
    notes: ['It was late.'],
  });
  const { report, rows } = await reportOf(state, { run: 'last' });
  t.match(report, {
    kind: 'done',
    since: null,
    totals: { creates: 1, updates: 2, suUp: '0.30', suDown: '-23.00', suNet: '-22.70', notStored: 2 },
    accounts: [
      { account: 'fc_alpha', suUp: '0.00', suDown: '-23.00' },
      { account: 'co_beta', creates: 1, updates: 1, suUp: '0.30', suNet: '0.30' },
    ],
    timeline: { by: 'end', points: [{ label: '2026-09-01', updates: 2, creates: 1 }] },
    findings: [{ kind: 'adjusted-by-hand', asking: 1, quiet: 1, first: [{ jobId: '7' }] }],
    problems: [{ outcome: 'rejected', cause: 'not in project …', count: 1, suDifference: '-8.00', runs: 1 }],
    notes: ['It was late.'],
  });
  t.same(
    rows.map(({ change, status, cause }) => [change.jobId, status, cause]),
    [
      ['1', 'applied', null],
      ['2', 'applied', null],
      ['3', 'applied', null],
      ['4', 'rejected', 'not in project …'],
      ['5', 'unknown', null],
    ],
  );
  t.match(report.movers[0], { change: { jobId: '1' }, derivation: { price: '1', cpuCount: 1, seconds: HOUR, amount: '1.00' } });
  t.equal(report.movers.find(({ change }) => change.jobId === '3')?.derivation, null, 'an amount that no job has is not derived');
});

void t.test('since a day: runs that wrote, by the day of the run; the newest findings count', async (t) => {
  const state = t.testdir();
  await writeRun(state, { runId: DAY_1, changes: [aChange('1', '3.00', '1.00')], outcomeOf: () => REFUSED, findings: [finding('7')] });
  await writeRun(state, {
    runId: DAY_3,
    changes: [aChange('1', '3.00', '1.00'), aChange('2', '5.00', '1.00')],
    outcomeOf: ({ jobId }) => (jobId === '1' ? REFUSED : { status: 'applied' }),
  });
  await writeRun(state, { runId: '20260913T120000000Z-00000c', changes: [aChange('9', '3.00', '1.00')], dryRun: true });
  const since = parseInstant('2026-09-10T00:00:00Z')!;
  const { report } = await reportOf(state, { since, sink: null });
  t.match(report, {
    runs: [{ runId: DAY_1 }, { runId: DAY_3 }],
    totals: { suNet: '-4.00', notStored: 2 },
    timeline: {
      by: 'run',
      points: [
        { label: '2026-09-10', updates: 0, findings: [{ kind: 'adjusted-by-hand', count: 1 }] },
        { label: '2026-09-11', updates: 0, findings: [] },
        { label: '2026-09-12', updates: 1, findings: [] },
      ],
    },
    findings: [],
    problems: [{ count: 1, runs: 2 }],
  });
  const { report: dry } = await reportOf(state, { run: 'last' });
  t.match(dry, { kind: 'planned', totals: { updates: 1, suNet: '-2.00', notStored: 0 } });
  t.match(renderRunReport(dry, 80), /1 change in 1 account planned, nothing was sent/);

  await writeRun(state, { runId: '20260914T120000000Z-00000d', changes: [aChange('9', '3.00', '1.00')], sink: 'other' });
  await t.rejects(reportOf(state, { since, sink: null }), { code: 'USAGE', message: /portal, other/ });
  t.same((await reportOf(state, { since, sink: 'other' })).report.runs.length, 1);
  await t.rejects(reportOf(state, { since: NOON + 1e8, sink: null }), { code: 'RUN_NOT_FOUND' });
});

void t.test('a journal that was changed is told up to there, and that it was', async (t) => {
  const state = t.testdir();
  const { files } = await writeRun(state, { runId: DAY_1, changes: [aChange('1', '3.00', '1.00')] });
  appendFileSync(files.journal!, '{"type":"outcome","sequence":9,"chain":"x"}\n');
  const { report } = await reportOf(state, { run: 'last' });
  t.match(report.notes, [/is not told whole: .*was changed, removed or added/]);
});

void t.test('without its plan, a run is told by its journal', async (t) => {
  const state = t.testdir();
  const changes = [aChange('1', '3.00', '1.00'), aChange('2', '5.00', '1.00')];
  const { files } = await writeRun(state, {
    runId: DAY_1,
    changes,
    outcomeOf: ({ jobId }) => (jobId === '1' ? REFUSED : { status: 'applied' }),
  });
  rmSync(files.plan);
  const { report, rows } = await reportOf(state, { run: 'last' });
  t.match(report, { totals: { updates: 1, suNet: '-4.00', notStored: 1 }, problems: [{ count: 1 }] });
  t.same(new Set(rows.map(({ status }) => status)), new Set(['rejected', 'applied']));
});

void t.test('a table has room for so many changes, those that move most, in their order; sums count all', async (t) => {
  const largest = new LargestChanges(3);
  const changes = Array.from({ length: 2_000 }, (_, index) => aChange(String(index), '0.00', `${(index * 7) % 2_000}.00`));
  for (const change of changes) largest.add({ runId: DAY_1, change, status: 'applied', cause: null });
  t.equal(largest.omitted, 1_997);
  t.same(
    largest.bySize().map(({ change }) => change.after.amount),
    ['1999.00', '1998.00', '1997.00'],
  );
  t.same(
    largest.inOrder().map(({ change }) => Number(change.jobId)),
    [857, 1714, 571].sort((a, b) => a - b),
  );
});

void t.test('names of others are text: on the terminal, in a ticket, in a browser', async (t) => {
  const state = t.testdir();
  const changes = HOSTILE.map((account, index) => aChange(String(index + 1), '3.00', '1.00', { account }));
  await writeRun(state, {
    runId: DAY_1,
    changes,
    outcomeOf: ({ jobId }) => (jobId === '2' ? { ...REFUSED, message: HOSTILE[1] } : { status: 'applied' }),
    findings: HOSTILE.map((message) => ({ ...finding('7'), message })),
  });
  const made = await reportOf(state, { run: 'last' });
  const terminal = renderRunReport(made.report, 200);
  t.notMatch(terminal, /[\u202e\u2066\u200b\u0007]/);
  t.match(terminal, '<U+202E>gnol<U+2066> <U+200B>hidden<U+0007>');

  const ticket = renderMarkdown(made.report);
  t.match(ticket, '| `<img src=x onerror="alert(1)">` |');
  t.match(ticket, '| ``` a<U+007C>b`c`[x](javascript:alert(4))@root ``` |'.replaceAll('```', '``'));
  t.same(
    new Set(
      ticket
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').length),
    ),
    new Set([8, 7]),
  );

  const page = renderPage(made, PAGE);
  const { document } = parseHTML(page);
  t.equal(document.querySelectorAll('script').length, 2);
  t.equal(document.querySelectorAll('img, a:not(.skip)').length, 0);
  const shown = [...document.querySelectorAll('section[aria-labelledby=accounts] tbody th')].map(({ textContent }) => textContent.trim());
  t.same(
    shown.sort(),
    HOSTILE.filter((_, index) => index !== 1)
      .map(visibleText)
      .sort(),
  );
  const data = JSON.parse(document.querySelector('#data')?.textContent ?? '') as { rows: string[][] };
  t.same(
    data.rows.map(([, account]) => account),
    HOSTILE.map(visibleText),
  );
});

void t.test('whatever a text is, HTML shows it and nothing else', (t) => {
  const isShown = (text: string): boolean => {
    const { document } = parseHTML(`<!doctype html><html><body>${markup`<p title="${text}">${text}</p>`.text}</body></html>`);
    const [only] = document.body.children;
    const shown = visibleText(text);
    return (
      document.body.children.length === 1 &&
      only?.innerHTML.includes('<') === false &&
      only.textContent === shown &&
      only.getAttribute('title') === shown
    );
  };
  t.doesNotThrow(() =>
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...HOSTILE)), isShown)),
  );
  t.end();
});

void t.test('nothing is wider than the terminal', async (t) => {
  const state = t.testdir();
  const changes = Array.from({ length: 30 }, (_, index) =>
    aChange(String(index), '1234567.00', '1.00', { account: `fc_group_with_a_long_name_${index}` }),
  );
  await writeRun(state, {
    runId: DAY_1,
    changes,
    findings: [finding('7')],
    outcomeOf: ({ jobId }) => (jobId === '3' ? REFUSED : { status: 'applied' }),
  });
  const { report } = await reportOf(state, { run: 'last' });
  for (const width of [60, 80, 200]) {
    const lines = renderRunReport(report, width).split('\n');

    t.ok(Math.max(...lines.map((line) => line.replaceAll(/\u001b\[\d+m/g, '').length)) <= width, String(width));
  }
});
