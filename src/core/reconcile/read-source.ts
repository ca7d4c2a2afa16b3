import { BrcSyncError } from '../errors.js';
import { JOB_SCHEMA, aliasIds, type Row } from '../job.js';
import type { JobSource, SkippedRecord } from '../job-source.js';
import { compileSchema, type ValidateFunction } from '../schema.js';
import { contains, type Window } from '../window.js';
import { openAccountRows, type AccountRows, type AccountWindows } from './account-rows.js';
import { stretchesOf } from './stretches.js';

/** Accounts asked for at once: Slurm looks at every job of the window however few accounts it is asked for. */
const ACCOUNTS_PER_CALL = 500;

/** A source as core reads it: rows by raw id, each validated, since a plugin is a guest. */
export interface SourceReader {
  /** Rows of these ids, by the id that was asked for: a raw id, or the display id of a task or component. */
  rowsById(ids: readonly string[]): Promise<Map<string, Row[]>>;
  /** Rows of these accounts that ended in their windows or still run; they are read as they are taken, and a little ahead. */
  rowsOfAccounts(windows: AccountWindows): AccountRows;
  /** Accounts with jobs in the window; null where the source cannot tell. */
  accounts(window: Window): Promise<readonly string[] | null>;
  /** Which of these jobs slurmctld knows; null where the source cannot tell. */
  aliveIds(ids: readonly string[], cluster: string | null): Promise<ReadonlySet<string> | null>;
  readonly rowsRead: () => number;
}

export interface SourceReaderOptions {
  /** The instance's name, to blame by. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onSkip: (skipped: SkippedRecord) => void;
  /** Refuses rows of a second cluster where no cluster is configured (money 3). */
  readonly assertOneCluster: (row: Row) => void;
  /** Awaited with the users of rows without a uid, before such rows are handed on (money 4). */
  readonly learnUsers: (names: ReadonlySet<string>) => Promise<void>;
}

let jobValidator: ValidateFunction<Row> | null = null;

export function createSourceReader(source: JobSource, options: SourceReaderOptions): SourceReader {
  const validate = (jobValidator ??= compileSchema<Row>(JOB_SCHEMA));
  const { signal, onSkip } = options;
  let rowsRead = 0;

  function accept(row: Row, users: Set<string>): void {
    options.assertOneCluster(row);
    if (row.uid === null && row.user !== null) users.add(row.user);
    rowsRead += 1;
  }

  function assertJob(row: Row): void {
    if (!validate(row)) throw brokenContract(options.name, row, validate);
  }

  async function* readWindows(windows: AccountWindows, until: AbortSignal): AsyncGenerator<readonly Row[], void, undefined> {
    const users = new Set<string>();
    for (const { accounts, window } of stretchesOf(windows)) {
      for await (const batch of source.jobs({ accounts, window, signal: until, onSkip })) {
        until.throwIfAborted();
        const wanted = batch.filter((row) => {
          assertJob(row);
          const own = windows.get(row.account);
          if (own === undefined) throw strayAccount(options.name, accounts, row);
          return row.endedAt === null || contains(own, row.endedAt);
        });
        for (const row of wanted) accept(row, users);
        if (wanted.length > 0) yield wanted;
      }
    }
    await options.learnUsers(users);
  }

  return {
    async rowsById(ids) {
      const wanted = new Map<string, Row[]>(ids.map((id) => [id, []]));
      const users = new Set<string>();
      if (ids.length === 0) return wanted;
      for await (const batch of source.jobsById([...wanted.keys()], { signal, onSkip })) {
        signal.throwIfAborted();
        for (const row of batch) {
          assertJob(row);
          accept(row, users);
          // sacct answers an array's id with all its tasks: only what was asked for is complete.
          wanted.get(row.jobId)?.push(row);
          for (const alias of aliasIds(row)) wanted.get(alias)?.push(row);
        }
      }
      await options.learnUsers(users);
      return wanted;
    },

    rowsOfAccounts(windows) {
      return openAccountRows(windows, { accountsPerCall: source.accountsPerCall ?? ACCOUNTS_PER_CALL, signal, read: readWindows });
    },

    async accounts(window) {
      return source.accounts === undefined ? null : await source.accounts({ window, signal, onSkip });
    },

    async aliveIds(ids, cluster) {
      return (await source.aliveIds?.(ids, { cluster, signal })) ?? null;
    },

    rowsRead: () => rowsRead,
  };
}

function brokenContract(name: string, row: Row, validate: ValidateFunction): BrcSyncError {
  const error = validate.errors?.[0];
  const pointer = error?.instancePath === '' ? '/' : (error?.instancePath ?? '/');
  return new BrcSyncError('PLUGIN_CONTRACT', {
    message: `Source ${name} handed over a job that breaks the contract: ${pointer} ${error?.message ?? 'is invalid'} (job ${JSON.stringify((row as Partial<Row>).jobId ?? null)}).`,
    remedy: 'This is a fault of the plugin: run its conformance suite (brc-sync/testkit) and report it to its author.',
    context: { instance: name, pointer },
  });
}

function strayAccount(name: string, accounts: readonly string[], row: Row): BrcSyncError {
  const asked = accounts.length === 1 ? `account ${accounts.join()}` : `${accounts.length} accounts`;
  return new BrcSyncError('PLUGIN_CONTRACT', {
    message: `Source ${name} was asked for ${asked} and handed over job ${row.jobId} of account ${row.account}.`,
    remedy: 'This is a fault of the plugin: run its conformance suite (brc-sync/testkit) and report it to its author.',
    context: { instance: name, account: row.account, jobId: row.jobId },
  });
}
