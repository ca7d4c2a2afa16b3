import {
  badInput,
  eachLine,
  isPortalFault,
  JsonTextField,
  lineBlocks,
  openInput,
  parseAmount,
  readDocuments,
  readPortalJob,
  readPortalJobText,
  showFile,
  sniff,
  type Fault,
  type Place,
  type SinkRecord,
  type Spool,
} from '../../../builtin-sdk.js';
import { ListTotals } from './list-totals.js';

export type RecordFile = Pick<Place, 'file' | 'unit'>;

/**
 * Puts the records of the files away by account. The same id again is the same record read again, and the last one counts: lists without a
 * stable order repeat records (money 18). Gives the files with what their positions count.
 */
export async function loadRecords(files: readonly string[], spool: Spool, signal: AbortSignal): Promise<RecordFile[]> {
  const loader = new RecordLoader(files, spool);
  const loaded: RecordFile[] = [];
  for (const [number, file] of files.entries()) loaded.push({ file, unit: await loader.load(file, number, signal) });
  await spool.finish();
  loader.verify();
  return loaded;
}

class RecordLoader {
  readonly #totals = new ListTotals();
  readonly #account = new JsonTextField('accountid');
  readonly #id = new JsonTextField('jobslurmid');
  /** Hundredths by entry, of records that stood in documents. */
  readonly #cents: number[] = [];
  #count = 0;
  #sum = 0n;

  constructor(
    private readonly files: readonly string[],
    private readonly spool: Spool,
  ) {}

  async load(file: string, number: number, signal: AbortSignal): Promise<Place['unit']> {
    const { form, chunks } = await sniff(openInput(file, signal));
    if (form === 'json') {
      await this.#loadDocuments(chunks, file, number);
      return 'record';
    }
    await this.#loadLines(chunks, file, number);
    return 'line';
  }

  verify(): void {
    this.#totals.verify(this.files.map(showFile).join(', '), this.#count, this.#sum);
  }

  async #loadLines(chunks: AsyncIterable<Buffer>, file: string, number: number): Promise<void> {
    this.#totals.note({ rest: {} });
    let line = 1;
    for await (const bytes of lineBlocks(chunks, file)) {
      await this.spool.hold(bytes);
      line = eachLine(bytes, line, (block, start, end, position) =>
        this.#putLine(block, start, end, { file, position, unit: 'line' }, number),
      );
    }
  }

  #putLine(bytes: Buffer, start: number, end: number, place: Place, number: number): void {
    const account = this.#account;
    const id = this.#id;
    if (account.find(bytes, start, end) && id.find(bytes, start, end)) {
      const entry = this.spool.add(this.spool.accountNumber(bytes, account.start, account.end), start, end, number, place.position ?? 0);
      this.#putId(entry, bytes, id.start, id.end);
    } else {
      const record = certain(readPortalJobText(bytes.toString('utf8', start, end)), place);
      const name = Buffer.from(record.account);
      const entry = this.spool.add(this.spool.accountNumber(name, 0, name.length), start, end, number, place.position ?? 0);
      this.#putId(entry, Buffer.from(record.jobId), 0, Buffer.byteLength(record.jobId));
    }
  }

  async #loadDocuments(chunks: AsyncIterable<Buffer>, file: string, number: number): Promise<void> {
    let read: { readonly value: unknown; readonly record: SinkRecord; readonly position: number }[] = [];
    await readDocuments(chunks, file, {
      record: (value, position) => {
        read.push({ value, position, record: certain(readPortalJob(value), { file, position, unit: 'record' }) });
      },
      end: (document) => {
        if (document.list === null) throw noList(file, document.rest.detail);
        this.#totals.note(document);
      },
      chunkDone: async () => {
        for (const { value, record, position } of read) await this.#putRecord(value, record, number, position);
        read = [];
      },
    });
  }

  async #putRecord(value: unknown, record: SinkRecord, number: number, position: number): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(value));
    const account = Buffer.from(record.account);
    await this.spool.hold(bytes);
    const entry = this.spool.add(this.spool.accountNumber(account, 0, account.length), 0, bytes.length, number, position);
    this.#putId(entry, Buffer.from(record.jobId), 0, Buffer.byteLength(record.jobId));
    const cents = parseAmount(record.amount);
    this.#cents[entry] = Number(cents);
    this.#count += 1;
    this.#sum += cents;
  }

  #putId(entry: number, bytes: Buffer, start: number, end: number): void {
    const repeated = this.spool.newest(bytes, start, end);
    this.spool.addId(entry, bytes, start, end);
    if (repeated < 0) return;
    this.spool.drop(repeated);
    const cents = this.#cents[repeated];
    if (cents === undefined) return;
    this.#count -= 1;
    this.#sum -= BigInt(cents);
  }
}

function certain(record: SinkRecord | Fault, place: Place): SinkRecord {
  if (isPortalFault(record)) throw badInput(place, record);
  return record;
}

function noList(file: string, detail: unknown) {
  return badInput(
    { file, position: null, unit: 'record' },
    {
      field: detail === undefined ? null : 'detail',
      value: detail,
      message: 'it is no page of a list: it has no "results".',
      remedy: 'Use what GET /jobs/ of the portal returned; an error answer is no list.',
    },
  );
}
