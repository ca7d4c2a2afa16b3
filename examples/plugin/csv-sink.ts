import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BASE_DIRECTORY, CONFIG, defineSink, inject, injectable, type Change, type JobSink, type PutOutcome } from 'brc-sync/sdk';

/** Appends job, account and amount to a CSV file. It knows no records: every job is new to it. */
@injectable()
export class CsvSink implements JobSink {
  constructor(
    @inject(CONFIG) private readonly config: { readonly file: string },
    @inject(BASE_DIRECTORY) private readonly baseDirectory: string,
  ) {}
  async *openRecords(): AsyncGenerator<never> {}
  async *recordsOfAccount(): AsyncGenerator<never> {}
  record = () => Promise.resolve(null);
  check = () => Promise.resolve([]);
  async put({ jobId, account, after }: Change): Promise<PutOutcome> {
    await appendFile(resolve(this.baseDirectory, this.config.file), `${jobId},${account},${after.amount}\n`);
    return { status: 'logged' };
  }
}

const configSchema = { type: 'object', required: ['file'], properties: { file: { type: 'string', examples: ['jobs.csv'] } } };
const description = 'Appends job, account and amount to a CSV file.';
export default defineSink({ apiVersion: 1, kind: 'sink', name: 'csv', description, configSchema, useClass: CsvSink });
