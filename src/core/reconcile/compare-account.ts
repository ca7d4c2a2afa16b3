import type { Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import type { Window } from '../window.js';
import type { JudgeContext } from './context.js';
import { isDisplayId } from './duplicates.js';
import type { IdSet } from './id-set.js';
import { judge } from './judge.js';
import { findLostJobs } from './lost-jobs.js';
import type { ReadingRecorder } from './reading-recorder.js';
import type { Reconciliation } from './update.js';
import { isQuiet, type Verdict } from './verdict.js';

/** One account as both sides tell it. */
export interface AccountData {
  readonly account: string;
  readonly window: Window;
  readonly records: ReadonlyMap<string, SinkRecord>;
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** Raw ids to look at where no record is listed; by default all that have rows. */
  readonly wanted?: Iterable<string>;
  /** Gathers what a later --compare digest must know. */
  readonly recorder: ReadingRecorder | null;
}

/** What is left to settle of an account once its two lists have been compared. */
export interface Comparison {
  readonly account: string;
  readonly context: JudgeContext;
  /** Quiet verdicts with something to say, to be told in the account's turn; the others are counted already. */
  readonly verdicts: readonly { readonly verdict: Verdict; readonly compared: boolean }[];
  /** Ids that only one list has, or that seem to differ: to be asked of both sides by id before anything is believed (money 5). */
  readonly unsure: readonly string[];
  /** Records under display ids that are charged. */
  readonly duplicates: readonly SinkRecord[];
  /** The listed records that are needed to settle the rest. */
  readonly listed: ReadonlyMap<string, SinkRecord>;
  readonly recorder: ReadingRecorder | null;
}

/**
 * Compares an account's list of records with its rows.
 * @param decided ids that this or another account has taken up; the unsure ones are added
 */
export async function compareAccount(data: AccountData, decided: IdSet, run: Reconciliation): Promise<Comparison> {
  const { account, window, records, rows, recorder } = data;
  const context = { ...run.context, period: window, lostJobs: await findLostJobs(records.values(), rows, run) };
  const unsure: string[] = [];
  const duplicates: SinkRecord[] = [];
  const verdicts: { verdict: Verdict; compared: boolean }[] = [];
  const told = (verdict: Verdict, compared: boolean): void => {
    if (verdict.findings.length > 0) verdicts.push({ verdict, compared });
    else run.plan.add(verdict, compared);
  };
  for (const record of records.values()) {
    run.plan.addRecord(record);
    if (decided.has(record.jobId)) {
      recorder?.keep(record);
      continue;
    }
    if (isDisplayId(record.jobId)) {
      if (parseAmount(record.amount) > 0n) duplicates.push(record);
      else recorder?.keep(record);
      continue;
    }
    const found = rows.get(record.jobId);
    const verdict = found === undefined ? null : judge(found, record, context);
    if (verdict === null || !isQuiet(verdict)) {
      unsure.push(record.jobId);
      continue;
    }
    told(verdict, true);
    recorder?.keep(record);
  }
  for (const jobId of data.wanted ?? rows.keys()) {
    const found = rows.get(jobId) ?? [];
    if (records.has(jobId) || decided.has(jobId)) continue;
    if (found.length > 0 && found.every((row) => row.endedAt === null)) told(judge(found, null, context), false);
    else unsure.push(jobId);
  }
  for (const id of unsure) {
    decided.add(id);
    recorder?.doubt(id);
  }
  for (const { jobId } of duplicates) recorder?.doubt(jobId);
  recorder?.release();
  return { account, context, verdicts, unsure, duplicates, listed: duplicates.length > 0 ? records : only(unsure, records), recorder };
}

function only(ids: readonly string[], records: ReadonlyMap<string, SinkRecord>): ReadonlyMap<string, SinkRecord> {
  const kept = new Map<string, SinkRecord>();
  for (const id of ids) {
    const record = records.get(id);
    if (record !== undefined) kept.set(id, record);
  }
  return kept;
}
