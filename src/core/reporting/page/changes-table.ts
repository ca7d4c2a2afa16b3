import { localTime } from '../../local-time.js';
import { visibleText } from '../../visible-text.js';
import type { ReportedChange } from '../run-changes.js';
import { STATUS_TEXT } from '../status-text.js';

/** A column of the page's table, as its script takes it. */
interface PageColumn {
  readonly title: string;
  /** Numbers and amounts stand at the right, and are sorted by value. */
  readonly type: 'text' | 'number';
  /** It has a list of its values to choose from. */
  readonly choice?: true;
}

/** What the page's script shows, filters and sorts. */
export interface PageTable {
  readonly columns: readonly PageColumn[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export function changesTable(rows: readonly ReportedChange[], timeZone: string): PageTable {
  const severalRuns = new Set(rows.map(({ runId }) => runId)).size > 1;
  const columns: PageColumn[] = [
    { title: 'Job', type: 'text' },
    { title: 'Account', type: 'text' },
    { title: 'User id', type: 'text' },
    { title: 'SU before', type: 'number' },
    { title: 'SU after', type: 'number' },
    { title: 'SU difference', type: 'number' },
    { title: 'Change', type: 'text', choice: true },
    { title: 'Outcome', type: 'text', choice: true },
    { title: 'Partition', type: 'text', choice: true },
    { title: 'CPUs', type: 'number' },
    { title: 'Ended', type: 'text' },
    { title: 'Differs in', type: 'text' },
    { title: 'Why not', type: 'text' },
    ...(severalRuns ? [{ title: 'Run', type: 'text' } as const] : []),
  ];
  return {
    columns,
    rows: rows.map(({ runId, change, status, cause }) => {
      const { kind, jobId, account, userId, before, after, drift, suDifference } = change;
      return [
        visibleText(jobId),
        visibleText(account),
        visibleText(userId),
        before?.amount ?? '',
        after.amount,
        suDifference,
        kind === 'create' ? 'created' : 'updated',
        STATUS_TEXT[status],
        visibleText(after.partition ?? ''),
        after.cpuCount ?? '',
        after.endedAt === null ? '' : localTime(after.endedAt, timeZone),
        drift.join(', '),
        visibleText(cause ?? ''),
        ...(severalRuns ? [runId] : []),
      ];
    }),
  };
}
