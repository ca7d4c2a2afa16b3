import {
  badInput,
  contains,
  isPortalFault,
  openSpool,
  readPortalJobText,
  type Spool,
  type Fault,
  type Instant,
  type SinkRecord,
  type SpoolPage,
  type Window,
} from '../../../builtin-sdk.js';
import { loadRecords, type RecordFile } from './load-records.js';

/** A portal's records out of files, read once and put away by account. */
export class Snapshot {
  private constructor(
    private readonly spool: Spool,
    private readonly files: readonly RecordFile[],
  ) {}

  static async load(files: readonly string[], spoolBytes: number | undefined, signal: AbortSignal): Promise<Snapshot> {
    const spool = await openSpool(files, spoolBytes);
    try {
      return new Snapshot(spool, await loadRecords(files, spool, signal));
    } catch (error) {
      await spool.close();
      throw error;
    }
  }

  /** Every record of an account that starts in the window. */
  async *recordsOf(account: string, window: Window, signal: AbortSignal): AsyncGenerator<SinkRecord[], void, undefined> {
    for await (const page of this.spool.pagesOf(account, signal)) {
      const records = this.#read(page, account).filter((record) => startsIn(record.startedAt, window));
      if (records.length > 0) yield records;
    }
  }

  /** Records of all accounts with one of these states that start in the window or have no start. */
  async *open(statuses: readonly string[], window: Window, signal: AbortSignal): AsyncGenerator<SinkRecord[], void, undefined> {
    const wanted = new Set<string | null>(statuses);
    for (const account of this.spool.accounts()) {
      for await (const page of this.spool.pagesOf(account, signal)) {
        const records = this.#read(page, account).filter(
          ({ state, startedAt }) => wanted.has(state) && (startedAt === null || contains(window, startedAt)),
        );
        if (records.length > 0) yield records;
      }
    }
  }

  async record(jobId: string, signal: AbortSignal): Promise<SinkRecord | null> {
    for await (const page of this.spool.pagesById([jobId], signal)) {
      for (const record of this.#read(page, null)) if (record.jobId === jobId) return record;
    }
    return null;
  }

  close(): Promise<void> {
    return this.spool.close();
  }

  #read(page: SpoolPage, account: string | null): SinkRecord[] {
    const records: SinkRecord[] = [];
    for (let index = 0; index < page.count; index += 1) {
      const record = readPortalJobText(page.text(index));
      if (isPortalFault(record)) throw this.#bad(page, index, record);
      // The account was found without parsing: only now is it certain.
      if (account !== null && record.account !== account) throw this.#bad(page, index, twoAccounts(record.account));
      records.push(record);
    }
    return records;
  }

  #bad(page: SpoolPage, index: number, fault: Fault) {
    const { file, unit } = this.files[page.file(index)] ?? { file: '', unit: 'record' };
    return badInput({ file, position: page.position(index), unit }, fault);
  }
}

function startsIn(startedAt: Instant | null, window: Window): boolean {
  return startedAt !== null && contains(window, startedAt);
}

function twoAccounts(value: string): Fault {
  return {
    field: 'accountid',
    value,
    message: 'the field stands there twice.',
    remedy: 'Use what GET /jobs/ of the portal returned, unchanged.',
  };
}
