import type { Instant, Row } from '../../../src/core/job.js';
import { jobcompRequest } from './jobcomp.js';
import type { PartitionPrices } from './plugin-cost.js';
import type { PluginRequest } from './plugin-request.js';
import { spankRequest } from './spank.js';

export interface PluginSettings {
  readonly prices: PartitionPrices;
  /** Of a row's job; null is unlimited. An hour unless told. */
  readonly timeLimitMinutes?: (row: Row) => number | null;
  /** For rows that do not tell the uid. */
  readonly uidOf?: (username: string) => number;
}

/** One request of the plugins, and when it is sent. */
export interface PluginEvent {
  readonly at: Instant;
  readonly plugin: 'spank' | 'jobcomp';
  readonly row: Row;
  readonly request: PluginRequest;
}

/** All that the plugins send about these rows, in order of time: rows of one job and cluster follow each other in order of submit. */
export function pluginEvents(rows: readonly Row[], settings: PluginSettings): PluginEvent[] {
  const jobs = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.state === 'REVOKED') continue;
    const key = `${row.cluster ?? ''} ${row.jobId}`;
    jobs.set(key, [...(jobs.get(key) ?? []), withUid(row, settings)]);
  }
  const events = [...jobs.values()].flatMap((job) =>
    eventsOfJob(
      job.sort((a, b) => a.submittedAt - b.submittedAt),
      settings,
    ),
  );
  return events.sort((a, b) => a.at - b.at);
}

function eventsOfJob(rows: readonly Row[], settings: PluginSettings): PluginEvent[] {
  const events: PluginEvent[] = [];
  let runStart: Row | null = null;
  for (const [index, row] of rows.entries()) {
    const limit = settings.timeLimitMinutes === undefined ? 60 : settings.timeLimitMinutes(row);
    if (runStart === null && row.startedAt !== null && row.allocatedNodeCount > 0) {
      events.push({ at: row.startedAt, plugin: 'spank', row, request: spankRequest(row, settings.prices, limit) });
    }
    if (row.endedAt !== null) {
      const ending = { runStart: runStart ?? row, timeLimitMinutes: limit, continued: isContinued(row, rows[index + 1]) };
      events.push({ at: row.endedAt, plugin: 'jobcomp', row, request: jobcompRequest(row, settings.prices, ending) });
    }
    runStart = row.state === 'RESIZING' ? (runStart ?? row) : null;
  }
  return events;
}

/** A preempted job, or one whose node died, is put back in line within the hour, if at all (money 1). */
function isContinued(row: Row, next: Row | undefined): boolean {
  return next !== undefined && row.endedAt !== null && next.submittedAt - row.endedAt <= 3600;
}

function withUid(row: Row, settings: PluginSettings): Row {
  if (row.uid !== null || row.user === null || settings.uidOf === undefined) return row;
  return { ...row, uid: settings.uidOf(row.user) };
}
