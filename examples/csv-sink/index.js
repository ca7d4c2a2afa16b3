import { appendFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BASE_DIRECTORY, BrcSyncError, CONFIG, contains, defineSink } from 'brc-sync/sdk';
import csv from 'papaparse';

const TEXTS = ['jobId', 'account', 'userId', 'amount', 'state', 'partition', 'qos'];
const NUMBERS = ['submittedAt', 'startedAt', 'endedAt', 'cpuCount', 'requestedNodeCount', 'allocatedNodeCount', 'rawHours', 'cpuHours'];
const COLUMNS = [...TEXTS, ...NUMBERS, 'nodes'];

/** Keeps records in a CSV file that only ever grows: the last row of a job is its record. */
class CsvSink {
  constructor(file) {
    this.target = file;
  }

  async #records(signal) {
    signal.throwIfAborted();
    const text = await readFile(this.target, 'utf8').catch((error) => (error.code === 'ENOENT' ? '' : Promise.reject(error)));
    const { data } = csv.parse(text, { delimiter: ',', skipEmptyLines: true });
    if (!['', '\n'].includes(text.slice(-1)) || data.some((row) => row.length !== COLUMNS.length)) throw broken(this.target);
    return new Map(data.map((row) => [row[0], toRecord(row)]));
  }

  async *#list(signal, isWanted) {
    yield [...(await this.#records(signal)).values()].filter(isWanted);
  }

  openRecords({ statuses, window, signal }) {
    return this.#list(signal, (record) => statuses.includes(record.state) && startsIn(record, window));
  }

  recordsOfAccount(account, { window, signal }) {
    return this.#list(signal, (record) => record.account === account && startsIn(record, window));
  }

  async record(jobId, { signal }) {
    return (await this.#records(signal)).get(jobId) ?? null;
  }

  async put({ after }, { signal }) {
    signal.throwIfAborted();
    const row = COLUMNS.map((column) => (column === 'nodes' ? after.nodes.join(' ') : (after[column] ?? '')));
    await appendFile(this.target, `${csv.unparse([row])}\n`);
    return { status: 'applied' };
  }

  async check({ signal }) {
    return [{ name: 'records', ok: true, message: `${(await this.#records(signal)).size} jobs in ${this.target}`, remedy: null }];
  }
}

const startsIn = ({ startedAt }, window) => startedAt !== null && contains(window, startedAt);

function toRecord(row) {
  const valueOf = (column, text) => (text === '' ? null : NUMBERS.includes(column) ? Number(text) : text);
  const record = Object.fromEntries(COLUMNS.map((column, index) => [column, valueOf(column, row[index])]));
  return { ...record, nodes: record.nodes === null ? [] : record.nodes.split(' ') };
}

function broken(file) {
  return new BrcSyncError('SINK_UNREACHABLE', { message: `${file} is cut short.`, remedy: 'Remove the row that is not whole.' });
}

const file = { description: 'Where the records are kept.', type: 'string', minLength: 1, examples: ['records.csv'] };
export default defineSink({
  apiVersion: 1,
  kind: 'sink',
  name: 'csv',
  description: 'Keeps records in a CSV file.',
  configSchema: { type: 'object', required: ['file'], properties: { file } },
  useFactory: (ask) => new CsvSink(resolve(ask(BASE_DIRECTORY), ask(CONFIG).file)),
});
