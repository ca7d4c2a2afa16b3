import { bold, dim } from 'ansis';
import { parseInstant } from '../core/instants.js';
import { localReadAsUtc } from '../core/site-zone.js';
import type { BalanceJson, CauseJson, VerificationJson } from '../core/verify/verification-json.js';
import { writeWallClock } from '../core/wall-clock.js';
import { fitText } from './_fit-text.js';
import { renderTable, terminalWidth } from './_table.js';

/** Jobs named per cause. */
const JOBS_NAMED = 5;

/** What `verify` tells people: how much agrees, each difference, and what could explain it. */
export function renderVerification(verification: VerificationJson): string {
  const { balances, notCompared, notes } = verification;
  const differing = balances.filter(({ difference }) => difference !== '0.00');
  const left = notCompared.filter(({ nothingToCompare }) => !nothingToCompare);
  const sections = [
    heading(verification),
    differing.length === 0 ? '' : differences(differing),
    left.map(({ account, why }) => `Not compared: ${account}. ${why}`).join('\n'),
    notes.map((note) => `Note: ${note}`).join('\n'),
    outcome(verification),
  ];
  return fitText(sections.filter((section) => section !== '').join('\n\n'), terminalWidth());
}

function heading({ sink, at, timeZone, balances, notCompared }: VerificationJson): string {
  const local = writeWallClock(localReadAsUtc(parseInstant(at) ?? 0, timeZone)).replace('T', ' ');
  const accounts = balances.filter(({ userId }) => userId === null).length;
  const without = notCompared.filter(({ nothingToCompare }) => nothingToCompare).length;
  const unlimited = without === 0 ? '' : ` ${without} more accounts have no allowance.`;
  return (
    `${bold('verify')}  ${sink.name}, as of ${local} (${timeZone})\n` +
    `Usage of ${accounts} accounts and of ${balances.length - accounts} of their users, compared with their records.${unlimited}`
  );
}

function differences(balances: readonly BalanceJson[]): string {
  const columns = [
    { title: 'ACCOUNT' },
    { title: 'USER' },
    ...['USAGE', 'RECORDS', 'DIFFERENCE', 'UNEXPLAINED'].map((title) => ({ title, align: 'right' as const })),
    { title: 'WHAT COULD EXPLAIN IT' },
  ];
  const rows = balances.flatMap(({ account, userId, usage, charged, difference, unexplained, causes }) => {
    const cells = [account, userId ?? '(all)', usage, charged, difference, unexplained];
    const [first, ...more] = causes.map((cause) => describeCause(cause, difference.startsWith('-')));
    return [[...cells, first ?? dim('nothing that records or journals show')], ...more.map((text) => ['', '', '', '', '', '', text])];
  });
  return renderTable(columns, rows, terminalWidth());
}

function describeCause({ message, least, most, records, recordCount }: CauseJson, isLess: boolean): string {
  const reach = isLess ? least : most;
  const upTo = reach === null ? '' : ` Up to ${reach} SU.`;
  if (records.length === 0) return `${message}${upTo}`;
  const named = records.slice(0, JOBS_NAMED).map(({ jobId }) => jobId);
  const more = recordCount > named.length ? ` and ${recordCount - named.length} more` : '';
  return `${message}${upTo} ${recordCount === 1 ? 'Job' : 'Jobs'} ${named.join(', ')}${more}.`;
}

function outcome({ counts: { agree, explained, unexplained } }: VerificationJson): string {
  const told = `${agree} agree to the cent; ${explained} differ and can be explained; ${unexplained} cannot.`;
  if (unexplained === 0) return told;
  return (
    `${told}\n` +
    dim(
      '→ Staff edits of usage, purchases, and records stored without being charged show nowhere. Look at the history of the allocation in the portal; to charge what was not, there is add_service_units_to_project. Nothing was changed.',
    )
  );
}
