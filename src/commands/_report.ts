import { bold, dim } from 'ansis';
import { parseInstant } from '../core/instants.js';
import { localReadAsUtc } from '../core/site-zone.js';
import { writeWallClock } from '../core/wall-clock.js';
import { groupFindings, type FindingGroup, type RunSummary } from '../core/report.js';
import type { Applied } from '../core/reconcile/apply-tally.js';
import { fitText } from './_fit-text.js';
import { renderTable, terminalWidth } from './_table.js';

/** Jobs named per kind of finding, and accounts listed; the plan has them all. */
const NAMED_FINDINGS = 5;
const LISTED_ACCOUNTS = 40;

/** What a run tells people, top down: what was compared, what changes, what to know, what was done. */
export async function renderReport(summary: RunSummary, planPath: string): Promise<string> {
  const { totals } = summary;
  const sections = [
    heading(summary),
    counts(summary),
    accountTable(totals.accounts.filter((account) => account.creates + account.updates > 0)),
    findings(await groupFindings(planPath, NAMED_FINDINGS)),
    facts(summary),
    skipped(summary),
    guard(summary),
    problems(summary),
    summary.notes.map((note) => `Note: ${note}`).join('\n'),
    outcome(summary),
  ];
  return fitText(sections.filter((section) => section !== '').join('\n\n'), terminalWidth());
}

function titleOf({ action, command, of }: RunSummary): string {
  if (action === 'run' || action === 'plan') return `${action} ${command}`;
  return action === 'revert' ? `revert ${of}` : `${action} ${of} (${command})`;
}

function heading(summary: RunSummary): string {
  const { from, to } = summary.window;
  const local = (text: string): string => writeWallClock(localReadAsUtc(parseInstant(text) ?? 0, summary.timeZone)).replace('T', ' ');
  if (summary.command === 'revert') return `${bold(titleOf(summary))}  ${summary.sink.name}`;
  const period = `${from === null ? 'each allocation’s start' : local(from)} to ${local(to)} (${summary.timeZone})`;
  const cluster = summary.sink.cluster === null ? '' : `, cluster ${summary.sink.cluster}`;
  return `${bold(titleOf(summary))}  ${summary.source.name} → ${summary.sink.name}${cluster}\nJobs that ended ${period}`;
}

function counts({ totals }: RunSummary): string {
  const columns = [{ title: 'CHANGES' }, ...['COUNT', 'SU UP', 'SU DOWN', 'SU NET'].map((title) => ({ title, align: 'right' as const }))];
  const kinds = totals.kinds.map(({ kind, count, suUp, suDown, suNet }) => [kind, String(count), suUp, suDown, suNet]);
  const rows = [...kinds, ['together', String(totals.updates + totals.creates), totals.suUp, totals.suDown, totals.suNet]];
  const summed = totals.recordsSummed === 0 ? '' : `, ${totals.recordsSummed} counted and summed`;
  const read = `${totals.jobsRead} rows and ${totals.recordsRead} records read${summed}; ${totals.equal} records agree, ${totals.detailOnly} more differ in details only.`;
  const notCharged =
    totals.recordedNotCharged === '0.00' ? '' : `\nRecorded, not charged (outside the allocation): ${totals.recordedNotCharged} SU.`;
  return `${read}\n\n${renderTable(columns, rows, terminalWidth())}${notCharged}`;
}

function accountTable(accounts: RunSummary['totals']['accounts']): string {
  if (accounts.length === 0) return '';
  const columns = [
    { title: 'ACCOUNT' },
    ...['RECORDS', 'UPDATES', 'CREATES', 'SU BEFORE', 'SU AFTER', 'SU NET'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = accounts
    .slice(0, LISTED_ACCOUNTS)
    .map((each) => [
      each.account,
      String(each.records),
      String(each.updates),
      String(each.creates),
      each.amountBefore,
      each.amountAfter,
      each.suNet,
    ]);
  const more = accounts.length > LISTED_ACCOUNTS ? `\n… and ${accounts.length - LISTED_ACCOUNTS} more accounts: see the summary file.` : '';
  return renderTable(columns, rows, terminalWidth()) + more;
}

function findings(groups: readonly FindingGroup[]): string {
  if (groups.length === 0) return '';
  const columns = [
    { title: 'FINDING' },
    { title: 'JOB' },
    { title: 'ACCOUNT' },
    { title: 'SU', align: 'right' as const },
    { title: 'WHAT' },
  ];
  const rows = groups.flatMap(({ kind, count, first, remedy }) => {
    const named = first.map((finding) => [kind, finding.jobId ?? '', finding.account ?? '', finding.suAtStake, finding.message]);
    const more = count > first.length ? [[kind, `+${count - first.length}`, '', '', '… more: see the plan.']] : [];
    return [...named, ...more, ['', '', '', '', dim(`→ ${remedy}`)]];
  });
  return renderTable(columns, rows, terminalWidth());
}

function facts({ totals }: RunSummary): string {
  const quiet = totals.findings.filter((finding) => finding.quiet > 0).map((finding) => `${finding.quiet} ${finding.kind}`);
  return quiet.length === 0 ? '' : `Also true, and nobody’s task: ${quiet.join(', ')} (--all-findings lists them).`;
}

function skipped({ skipped: { count, first } }: RunSummary): string {
  if (count === 0) return '';
  const lines = first
    .slice(0, NAMED_FINDINGS)
    .map((each) => `  ${each.where}${each.position === null ? '' : `:${each.position}`}: ${each.message}`);
  const more = count > lines.length ? [`  … and ${count - lines.length} more: see the log.`] : [];
  return [`${count} records of the input were skipped:`, ...lines, ...more].join('\n');
}

/** What the guard refused, or would refuse to a run that writes (money 20). */
function guard({ guard: { refused, breaches, movers, priceChange }, files, createdAt, timeZone }: RunSummary): string {
  if (breaches.length === 0) return '';
  const lines = breaches.map(({ message, allow }) => `  ${message}\n    ${dim(`→ if that is right: ${allow}`)}`);
  const columns = [
    { title: 'MOST SU' },
    { title: 'ACCOUNT' },
    ...['FROM', 'TO', 'SU'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = movers.map(({ jobId, account, before, after, suDifference }) => [jobId, account, before, after, suDifference]);
  const ratios = priceChange.map(({ partition, ratio, records }) => `${partition} × ${ratio} (${records} records)`);
  const date = writeWallClock(localReadAsUtc(parseInstant(createdAt) ?? 0, timeZone)).slice(0, 10);
  const prices =
    ratios.length === 0
      ? ''
      : `\nIt looks like a price change: ${ratios.join(', ')}. If the new prices hold from some day on, date them in plugins.json:\n` +
        `  "prices": [{ "file": "the-old-list.toml" }, { "from": "${date}", "file": "the-new-list.toml" }]`;
  const head = refused ? bold('Refused by the guard; nothing was written:') : 'The guard would refuse to write this:';
  const table = rows.length === 0 ? '' : `\n\n${renderTable(columns, rows, terminalWidth())}`;
  return `${head}\n${lines.join('\n')}${table}${prices}\nThe whole plan: ${files.plan}`;
}

/** Changes that did not take effect, grouped by why, with what to do. */
function problems({ applied }: RunSummary): string {
  if (applied === null || applied.problems.length === 0) return '';
  const columns = [
    { title: 'NOT STORED' },
    { title: 'JOBS', align: 'right' as const },
    { title: 'SU', align: 'right' as const },
    { title: 'WHY' },
  ];
  const rows = applied.problems.flatMap(({ outcome: what, cause, remedy, count, suDifference, first }) => [
    [what, String(count), suDifference, cause],
    ...first.map(({ jobId, account, message }) => ['', '', '', `${jobId} (${account}): ${message}`]),
    ['', '', '', dim(`→ ${remedy}`)],
  ]);
  return renderTable(columns, rows, terminalWidth()) + knownRefusals(applied);
}

/** Money 23: told again, but no news. */
function knownRefusals({ rejected, newlyRejected }: Applied): string {
  const known = rejected - newlyRejected;
  if (known === 0) return '';
  return `\n${known} of the ${rejected} refusals are those of an earlier run and alone make no exit code 3; --retry-rejected counts them again.`;
}

function outcome({ action, applied, dryRun, guard, totals, files }: RunSummary): string {
  const planned = totals.creates + totals.updates;
  const nextStep = action === 'run' && planned > 0 ? ' The same command without --dry-run applies them.' : '';
  const done = guard.refused
    ? `Refused: ${planned} changes planned, nothing was sent.`
    : applied === null || dryRun
      ? `${action === 'run' ? 'Dry run' : 'Plan'}: ${planned} changes planned, nothing was sent.${nextStep}`
      : whatWasDone(applied);
  return `${done}\nPlan: ${files.plan}${files.journal === null ? '' : `\nJournal: ${files.journal}`}`;
}

function whatWasDone({ changes, planned, applied, logged, already, left, suNet, stopped }: Applied): string {
  const count = (number: number): string => number.toLocaleString('en-US');
  const before = already > 0 ? ` ${count(already)} had been applied before.` : '';
  if (stopped !== null)
    return `Stopped after ${count(changes)} of ${count(planned)} changes (${suNet} SU); run again for the rest.${before}`;
  if (left > 0) {
    const word = logged > 0 ? 'Logged' : 'Applied';
    return `${word} ${count(changes)} of ${count(planned)} changes (${suNet} SU); run again for the rest.${before}`;
  }
  if (logged > 0) return `Logged ${count(logged)} changes; nothing was sent.`;
  if (applied + already < planned) {
    return `Applied ${count(applied)} of ${count(planned)} changes (${suNet} SU); what was not stored is listed above.${before}`;
  }
  return `Applied ${count(applied)} changes (${suNet} SU).${before}`;
}
