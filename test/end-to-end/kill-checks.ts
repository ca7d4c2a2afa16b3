import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal, readJournalHeader } from '../../src/core/journal-reader.js';
import type { RunningPortal } from '../portal/start-portal.js';
import { faultsOfUsage } from './books.js';
import { runIds } from './kill-point.js';
import type { KillSite } from './kill-site.js';

/**
 * What must hold after any kill: each journal is readable to its end, whatever the portal stored was said before, whatever is said to be done is
 * stored, and usage is the sum of the records.
 * @param written job ids that the portal stored
 */
export async function faultsAfterKill(site: KillSite, written: ReadonlySet<string>): Promise<string[]> {
  const faults: string[] = [];
  const [intended, done] = [new Set<string>(), new Set<string>()];
  for (const { runId, path } of journalsOf(site.state)) {
    try {
      await readJournalHeader(path);
      for await (const { change, outcome } of readJournal(path)) {
        intended.add(change.jobId);
        if (outcome?.status === 'applied') done.add(change.jobId);
      }
    } catch (error) {
      faults.push(`the journal of ${runId} cannot be read: ${(error as Error).message}`);
    }
  }
  for (const jobId of written) if (!intended.has(jobId)) faults.push(`job ${jobId} was written before its intent`);
  for (const jobId of done) if (!written.has(jobId)) faults.push(`job ${jobId} is said to be written and is not`);
  return [...faults, ...faultsOfUsage(site.portal.state)];
}

/** Runs that wrote a journal of their own, oldest first; a resume goes with the run it resumed. */
export async function journaledRuns(state: string): Promise<string[]> {
  const runs: string[] = [];
  for (const { runId, path } of journalsOf(state)) if ((await readJournalHeader(path)).of === null) runs.push(runId);
  return runs;
}

function journalsOf(state: string): { readonly runId: string; readonly path: string }[] {
  return runIds(state)
    .map((runId) => ({ runId, path: join(state, 'runs', runId, 'journal.ndjson') }))
    .filter(({ path }) => existsSync(path));
}

/** Records without their nodes, of which a portal loses none, and what is used by whom. */
export interface Books {
  readonly records: ReadonlyMap<string, object>;
  readonly usage: readonly (readonly [string, bigint])[];
}

export function booksOf({ state }: RunningPortal): Books {
  const records = new Map(state.jobs().map((job): [string, object] => [job.jobslurmid, { ...job, nodes: null }]));
  const usage = state.directory.allocations.flatMap(({ account, shares, usage: used }) => [
    [account.name, used] as const,
    ...[...shares.values()].map(({ user, usage: ofUser }) => [`${account.name} ${user.username}`, ofUser] as const),
  ]);
  return { records, usage };
}

/** How the books differ from those of before; created records cannot be deleted and are to be at 0.00. */
export function faultsOfReturn(before: Books, after: Books, created: readonly string[]): string[] {
  const faults: string[] = [];
  for (const [jobId, record] of after.records) {
    const was = before.records.get(jobId);
    if (was === undefined) {
      const { amount } = record as { readonly amount: string };
      if (!created.includes(jobId)) faults.push(`job ${jobId} has a record and had none`);
      else if (amount !== '0.00') faults.push(`job ${jobId} was created and still costs ${amount}`);
    } else if (JSON.stringify(was) !== JSON.stringify(record)) {
      faults.push(`job ${jobId} was ${JSON.stringify(was)} and is ${JSON.stringify(record)}`);
    }
  }
  for (const [index, [whose, used]] of before.usage.entries()) {
    const now = after.usage[index]?.[1];
    if (now !== used) faults.push(`${whose} had used ${used} cents and has used ${now}`);
  }
  return faults;
}
