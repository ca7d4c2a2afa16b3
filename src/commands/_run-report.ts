import { bold, dim } from 'ansis';
import { derivationText } from '../core/explain/derivation-text.js';
import { localTime } from '../core/local-time.js';
import { groupDigits, sentenceOf, subtitleOf, titleOf } from '../core/reporting/headline.js';
import type { RunReport } from '../core/reporting/run-report.js';
import { STATUS_TEXT } from '../core/reporting/status-text.js';
import { visibleText } from '../core/visible-text.js';
import { fitText } from './_fit-text.js';
import { renderTable } from './_table.js';

const ACCOUNTS = 20;
const RIGHT = { align: 'right' as const };

/** The report for a terminal, at most `width` characters wide. */
export function renderRunReport(report: RunReport, width: number): string {
  const sections = [
    `${bold(titleOf(report))}\n${visibleText(subtitleOf(report))}`,
    sentenceOf(report),
    accounts(report, width),
    problems(report, width),
    findings(report, width),
    movers(report, width),
    report.notes.map((note) => `Note: ${visibleText(note)}`).join('\n'),
  ];
  return fitText(sections.filter((section) => section !== '').join('\n\n'), width);
}

function accounts({ accounts: all }: RunReport, width: number): string {
  if (all.length === 0) return '';
  const columns = [{ title: 'ACCOUNT' }, ...['CHANGES', 'SU UP', 'SU DOWN', 'SU NET'].map((title) => ({ title, ...RIGHT }))];
  const rows = all
    .slice(0, ACCOUNTS)
    .map(({ account, updates, creates, suUp, suDown, suNet }) => [
      visibleText(account),
      ...[updates + creates, suUp, suDown, suNet].map((number) => groupDigits(number)),
    ]);
  const more = all.length > ACCOUNTS ? `\n… and ${groupDigits(all.length - ACCOUNTS)} more accounts: --html has them all.` : '';
  return renderTable(columns, rows, width) + more;
}

function problems({ problems: all }: RunReport, width: number): string {
  if (all.length === 0) return '';
  const columns = [{ title: 'NOT STORED' }, { title: 'JOBS', ...RIGHT }, { title: 'SU', ...RIGHT }, { title: 'WHY' }];
  const rows = all.flatMap(({ outcome, cause, count, suDifference, remedy }) => [
    [outcome, groupDigits(count), groupDigits(suDifference), visibleText(cause)],
    ['', '', '', dim(`→ ${visibleText(remedy)}`)],
  ]);
  return renderTable(columns, rows, width);
}

function findings({ findings: all }: RunReport, width: number): string {
  const asking = all.filter((finding) => finding.asking > 0);
  if (asking.length === 0) return '';
  const columns = [{ title: 'FINDING' }, { title: 'JOBS', ...RIGHT }, { title: 'SU', ...RIGHT }, { title: 'FOR EXAMPLE' }];
  const rows = asking.map(({ kind, asking: count, suAtStake, first }) => {
    const named = first.map(({ jobId, account }) => visibleText(jobId ?? account ?? '')).join(', ');
    return [kind, groupDigits(count), groupDigits(suAtStake), named];
  });
  return renderTable(columns, rows, width);
}

function movers({ movers: all, timeZone }: RunReport, width: number): string {
  if (all.length === 0) return '';
  const columns = [{ title: 'MOVED MOST' }, { title: 'ACCOUNT' }, { title: 'SU', ...RIGHT }, { title: 'HOW IT COMES ABOUT' }];
  const rows = all.map(({ change: { jobId, account, before, after, suDifference }, status, derivation }) => {
    const from = before === null ? 'no record' : groupDigits(before.amount);
    const [how = ''] = derivation === null ? [] : derivationText(derivation, (instant) => localTime(instant, timeZone));
    const what = `${from} → ${groupDigits(after.amount)}, ${STATUS_TEXT[status]}. ${visibleText(how)}`;
    return [visibleText(jobId), visibleText(account), groupDigits(suDifference), what.trimEnd()];
  });
  return renderTable(columns, rows, width);
}
