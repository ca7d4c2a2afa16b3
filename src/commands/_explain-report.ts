import { bold, dim } from 'ansis';
import type { ExplainedJob, Explanation, Touch } from '../core/explain.js';
import { derivationText } from '../core/explain/derivation-text.js';
import type { DriftedField } from '../core/explain/decision.js';
import { parseInstant } from '../core/instants.js';
import type { RecordLine } from '../core/plan-file.js';
import { localTime } from '../core/local-time.js';
import { fitText } from './_fit-text.js';
import { renderTable, terminalWidth } from './_table.js';

type Show = (value: unknown) => string;

const FIELDS = [
  ['account', 'userId', 'amount', 'state', 'submittedAt', 'startedAt', 'endedAt', 'cpuCount', 'partition', 'qos', 'nodes'],
  ['requestedNodeCount', 'allocatedNodeCount', 'rawHours', 'cpuHours'],
].flat() as readonly (keyof RecordLine)[];

/** What `explain` tells people, top down: Slurm, the price, the record, the rules, what a run would do, what runs did. */
export function renderExplanation(explanation: Explanation): string {
  const { jobId, source, sink, timeZone, notes } = explanation;
  const show = showIn(timeZone);
  const sections = [
    `${bold(`job ${jobId}`)}  ${source.name} → ${sink.name}, as of ${show(explanation.at)} (${timeZone})`,
    rows(explanation, show),
    explanation.jobs.map((job) => jobText(job, show)).join('\n'),
    record(explanation, show),
    findings(explanation),
    `${bold('Now')}: ${explanation.decision.why}`,
    touches(explanation.touches, show),
    notes.map((note) => `Note: ${note}`).join('\n'),
  ];
  return fitText(sections.filter((section) => section !== '').join('\n\n'), terminalWidth());
}

function rows({ rows: all, source, jobId }: Explanation, show: Show): string {
  if (all.length === 0) return `Source ${source.name} has no row of ${jobId}.`;
  const titles = ['ROW', 'ID', 'STATE', 'SUBMIT', 'START', 'END', 'ACCOUNT', 'USER', 'PARTITION', 'QOS', 'CPUS', 'NODES', 'CLUSTER'];
  const cells = all.map((row, index) =>
    [index + 1, row.jobId, row.state, row.submittedAt, row.startedAt, row.endedAt, row.account, row.user ?? row.uid]
      .concat([row.partition, row.qos, row.cpuCount, row.nodeList, row.cluster])
      .map(show),
  );
  return renderTable(
    titles.map((title) => ({ title })),
    cells,
    terminalWidth(),
  );
}

function jobText(job: ExplainedJob, show: Show): string {
  const which = job.rows.length === 1 ? `Row ${job.rows.join()} is` : `Rows ${job.rows.join(', ')} are`;
  const how = [
    job.requeued ? 'requeued, so that its last run with nodes is charged' : '',
    job.resized ? 'resized, so that its last size is charged from first start to last end' : '',
    job.ended ? '' : 'not ended',
    job.ran ? '' : 'never ran',
  ].filter((part) => part !== '');
  const belongs = {
    same: 'The record is this job’s.',
    'clock-shifted': 'The record is this job’s, with local times written as UTC.',
    'owner-differs': 'The record has its submit time, and another account or user.',
    other: 'The record is not this job’s.',
  };
  const head = `${which} one job of ${job.account}, user ${job.user ?? '(no name)'} (uid ${job.userId ?? 'unknown'})${how.length === 0 ? '' : `: ${how.join('; ')}`}.`;
  const lines = [job.identity === null ? head : `${head} ${belongs[job.identity]}`];
  if (job.charge !== null) lines.push(...derivationText(job.charge, show).map((line) => `  ${line}`));
  return lines.join('\n');
}

function record({ record: held, otherRecords, drift, sink, jobId }: Explanation, show: Show): string {
  const others = otherRecords.map(
    ({ jobId: id, amount, state }) => `It also stands in ${sink.name} as ${id}, ${state ?? 'without state'}, at ${amount} SU.`,
  );
  if (held === null) return [`Sink ${sink.name} has no record of ${jobId}.`, ...others].join('\n');
  const drifted = new Map<string, DriftedField>(drift.map((field) => [field.field, field]));
  const cells = FIELDS.map((field) => {
    const found = drifted.get(field);
    return [field, show(held[field]), found === undefined ? '' : show(found.shouldBe), found?.weight ?? ''];
  });
  const table = renderTable(
    ['RECORD', 'IS', 'SHOULD BE', 'DIFFERS'].map((title) => ({ title })),
    cells,
    terminalWidth(),
  );
  return [table, ...others].join('\n');
}

function findings({ findings: all }: Explanation): string {
  if (all.length === 0) return '';
  const columns = [{ title: 'FINDING' }, { title: 'SU', align: 'right' as const }, { title: 'WHAT' }];
  const cells = all.flatMap(({ kind, suAtStake, message, rule, remedy }) => [
    [kind, suAtStake, message],
    ['', '', dim(rule)],
    ['', '', dim(`→ ${remedy}`)],
  ]);
  return renderTable(columns, cells, terminalWidth());
}

function touches(all: readonly Touch[], show: Show): string {
  if (all.length === 0) return 'No run of the state directory has written it.';
  const columns = ['RUN', 'WHEN', 'RECORD', 'BEFORE', 'AFTER', 'FIELDS', 'OUTCOME'].map((title) => ({ title }));
  const state = (held: RecordLine | null): string => (held === null ? '(none)' : `${held.amount} ${held.state ?? ''}`.trim());
  const cells = all.map(({ runId, at, jobId, before, after, drift, outcome }) => [
    runId,
    show(at),
    jobId,
    state(before),
    state(after),
    drift.join(', '),
    outcome === null
      ? 'not known: the run was broken off'
      : 'message' in outcome
        ? `${outcome.status}: ${outcome.message}`
        : outcome.status,
  ]);
  return renderTable(columns, cells, terminalWidth());
}

/** Instants in the site's zone; what is not known is empty. */
function showIn(timeZone: string): Show {
  return (value) => {
    if (value === null || value === undefined) return '';
    if (Array.isArray(value)) return value.join(', ');
    if (typeof value !== 'string') return JSON.stringify(value);
    const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) ? parseInstant(value) : null;
    return instant === null ? value : localTime(instant, timeZone);
  };
}
