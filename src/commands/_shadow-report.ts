import { bold } from 'ansis';
import type { JobDifference } from '../core/retired/compare-logged.js';
import type { Shadow } from '../core/shadow.js';
import { visibleText } from '../core/visible-text.js';
import { renderTable, terminalWidth } from './_table.js';

/** Jobs that are shown; all of them are in --json. */
const SHOWN = 100;

/** What `shadow` tells people. */
export function renderShadow(shadow: Shadow): string {
  const { differences, causes } = shadow;
  const sections = [
    heading(shadow),
    causes.length === 0 ? '' : causeTable(shadow),
    differences.length === 0 ? '' : jobTable(differences),
    differences.length > SHOWN ? `… and ${differences.length - SHOWN} more jobs: --json has them all.` : '',
    notCompared(shadow),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function heading({ log, source, jobs, runs, unfinishedRuns, su }: Shadow): string {
  const unfinished = unfinishedRuns === 0 ? '' : `, ${unfinishedRuns} of them never complete`;
  return (
    `${bold('shadow')}  ${log}, beside ${source}\n` +
    `${runs} runs${unfinished}; ${jobs.logged} jobs: ${jobs.agree} as we would have it, ${jobs.differ} not, ${jobs.notCompared} not compared.\n` +
    `Of those that differ they charged ${su.theirs} SU, and we would charge ${su.ours}: ${signed(su.difference)}.`
  );
}

function causeTable({ causes }: Shadow): string {
  const columns = [
    { title: 'DEFECT' },
    { title: 'JOBS', align: 'right' as const },
    { title: 'SU', align: 'right' as const },
    { title: 'WHAT' },
  ];
  return renderTable(
    columns,
    causes.map(({ cause, title, jobs, su }) => [cause, String(jobs), signed(su), title]),
    terminalWidth(),
  );
}

function jobTable(differences: readonly JobDifference[]): string {
  const columns = [
    { title: 'JOB' },
    { title: 'ACCOUNT' },
    ...['THEIRS', 'OURS', 'SU'].map((title) => ({ title, align: 'right' as const })),
    { title: 'DEFECT' },
    { title: 'WHERE' },
  ];
  const rows = differences.slice(0, SHOWN).map(({ jobId, account, theirs, ours, suDifference, cause, message, fields }) => {
    const causes = [...new Set([cause, ...fields.map((each) => each.cause)])].join(', ');
    const where =
      fields.length === 0 ? message : fields.map(({ field, theirs: one, ours: other }) => `${field} ${one}→${other}`).join('; ');
    return [jobId, account, theirs ?? '–', ours ?? '–', signed(suDifference), causes, where].map(visibleText);
  });
  return renderTable(columns, rows, terminalWidth());
}

function notCompared({ jobs, notCompared: first }: Shadow): string {
  if (jobs.notCompared === 0) return '';
  const named = first.map(({ jobId, why, line }) => `${visibleText(jobId)} (${why}, line ${line})`).join(', ');
  return `Not compared: ${named}${jobs.notCompared > first.length ? ' …' : ''}`;
}

function signed(su: string): string {
  return su.startsWith('-') || su === '0.00' ? su : `+${su}`;
}
