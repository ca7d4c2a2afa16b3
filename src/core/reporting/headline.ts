import { localTime } from '../local-time.js';
import type { RunReport } from './run-report.js';

/** What is reported, in a few words: `run full of 2026-11-22 03:12`, `3 runs since 2026-11-01 00:00`. */
export function titleOf({ runs, since, timeZone }: RunReport): string {
  const [run] = runs;
  if (since === null) return `${run?.command ?? 'run'} of ${localTime(run?.startedAt ?? '', timeZone).slice(0, 16)}`;
  return `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} since ${localTime(since, timeZone).slice(0, 16)}`;
}

/** Between what, in whose time, and how it ended. */
export function subtitleOf({ runs, since, timeZone }: RunReport): string {
  const newest = runs.at(-1);
  const between =
    newest?.source == null ? '' : `${newest.source} → ${newest.sink}${newest.cluster === null ? '' : `, cluster ${newest.cluster}`}; `;
  return `${between}${since === null ? `run ${newest?.runId}, ${newest?.outcome}; ` : ''}times in ${timeZone}`;
}

/** What took effect, or would, in a sentence. */
export function sentenceOf({ kind, totals, accounts }: RunReport): string {
  const { creates, updates, suUp, suDown, suNet, notStored } = totals;
  const changes = creates + updates;
  const what = `${groupDigits(changes)} ${changes === 1 ? 'change' : 'changes'} in ${groupDigits(accounts.length)} ${accounts.length === 1 ? 'account' : 'accounts'}`;
  const did = {
    done: what,
    logged: `${what} written down by the sink, nothing was sent`,
    planned: `${what} planned, nothing was sent`,
  }[kind];
  const left = notStored === 0 ? '' : ` ${groupDigits(notStored)} ${notStored === 1 ? 'change' : 'changes'} did not take effect.`;
  return `${did}: ${groupDigits(suUp)} SU up, ${groupDigits(suDown.replace('-', ''))} SU down, ${groupDigits(suNet)} SU net.${left}`;
}

/** `-1,234.50`: digits in threes, exactly as they are. */
export function groupDigits(number: string | number): string {
  const [whole = '', decimals] = String(number).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (decimals === undefined ? '' : `.${decimals}`);
}
