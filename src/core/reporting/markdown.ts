import { derivationText } from '../explain/derivation-text.js';
import { localTime } from '../local-time.js';
import { visibleText } from '../visible-text.js';
import { groupDigits, sentenceOf, subtitleOf, titleOf } from './headline.js';
import type { Mover, RunReport } from './run-report.js';
import { STATUS_TEXT } from './status-text.js';

/** More accounts make a page that nobody reads; the file for a browser has them all. */
const ACCOUNTS = 50;

/** A page for a ticket, in Markdown with tables as GitHub, GitLab and Jira's importers read them. Names are code: nothing in them is a link, a mention or markup. */
export function renderMarkdown(report: RunReport): string {
  const sections = [
    `# ${prose(titleOf(report))}`,
    prose(subtitleOf(report)),
    prose(sentenceOf(report)),
    ...report.notes.map((note) => `> ${prose(note)}`),
    accounts(report),
    problems(report),
    findings(report),
    movers(report),
    `Made ${localTime(report.madeAt, report.timeZone)}. ${report.runs.length === 1 ? 'Run' : 'Runs'}: ${report.runs.map(({ runId }) => code(runId)).join(', ')}.`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function accounts({ accounts: all }: RunReport): string {
  if (all.length === 0) return '';
  const rows = all
    .slice(0, ACCOUNTS)
    .map(({ account, updates, creates, suUp, suDown, suNet }) => [
      code(account),
      ...[updates, creates, suUp, suDown, suNet].map((number) => groupDigits(number)),
    ]);
  const more = all.length > ACCOUNTS ? `\n\n… and ${groupDigits(all.length - ACCOUNTS)} more accounts.` : '';
  return `## Service units by account\n\n${table(['Account', 'Updated >', 'Created >', 'SU up >', 'SU down >', 'SU net >'], rows)}${more}`;
}

function problems({ problems: all }: RunReport): string {
  if (all.length === 0) return '';
  const rows = all.map(({ outcome, cause, count, suDifference, first, remedy }) => {
    const named = first.map(({ jobId, account }) => `${code(jobId)} of ${code(account)}`).join(', ');
    return [code(outcome), prose(cause), groupDigits(count), groupDigits(suDifference), named, prose(remedy)];
  });
  return `## Not stored, by cause\n\n${table(['What', 'Cause', 'Jobs >', 'SU >', 'For example', 'What to do'], rows)}`;
}

function findings({ findings: all }: RunReport): string {
  const asking = all.filter((finding) => finding.asking > 0);
  if (asking.length === 0) return '';
  const rows = asking.map(({ kind, asking: count, suAtStake, first, remedy }) => {
    const named = first.map(({ jobId, account }) => code(jobId ?? account ?? '')).join(', ');
    return [code(kind), groupDigits(count), groupDigits(suAtStake), named, prose(remedy)];
  });
  return `## Findings to look at\n\n${table(['Finding', 'Jobs >', 'SU at stake >', 'For example', 'What to do'], rows)}`;
}

function movers({ movers: all, timeZone }: RunReport): string {
  if (all.length === 0) return '';
  return `## What moved most\n\n${all.map((mover, index) => `${index + 1}. ${moverLine(mover, timeZone)}`).join('\n')}`;
}

function moverLine({ change, status, derivation }: Mover, timeZone: string): string {
  const { jobId, account, before, after, suDifference } = change;
  const from = before === null ? 'no record' : `${groupDigits(before.amount)} SU`;
  const head = `**${groupDigits(suDifference)} SU** job ${code(jobId)} of ${code(account)}: ${from} → ${groupDigits(after.amount)} SU, ${STATUS_TEXT[status]}.`;
  if (derivation === null) return head;
  return `${head} ${prose(derivationText(derivation, (instant) => localTime(instant, timeZone)).join(' '))}`;
}

/** Titles that end in ` >` are of numbers. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const ruler = titles.map((title) => (title.endsWith(' >') ? '---:' : '---'));
  return [line(titles.map((title) => title.replace(/ >$/, ''))), line(ruler), ...rows.map(line)].join('\n');
}

/** Text of others as code. A bar would end the table's cell, even in code, and cannot be escaped behind a backslash. */
function code(text: string): string {
  const shown = visibleText(text).replaceAll('|', '<U+007C>');
  if (shown.trim() === '') return '(none)';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || shown.startsWith(' ') ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** A sentence that may hold text of others: no markup, and where a mention, a reference or a link could come of it, code. */
function prose(text: string): string {
  if (/[@#]|:\/\/|www\./i.test(text)) return code(text);
  return visibleText(text)
    .replace(/[\\`*_{}[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');
}
