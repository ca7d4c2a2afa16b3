import { BrcSyncError } from '../errors.js';
import { RECORD_SCHEMA, type SinkRecord } from '../record.js';
import { compileSchema, type ValidateFunction } from '../schema.js';

/** How often an unstable list is read before its account is skipped (money 18). */
const ATTEMPTS = 3;

let recordValidator: ValidateFunction<SinkRecord> | null = null;

/**
 * Reads a list of records whole: validated, repeats dropped (the last one counts), read again while the sink says that it changed underfoot.
 * @throws BrcSyncError `UNSTABLE_LIST` after three attempts, `PLUGIN_CONTRACT`
 */
export async function readWholeList(
  name: string,
  list: () => AsyncIterable<readonly SinkRecord[]>,
  signal: AbortSignal,
): Promise<Map<string, SinkRecord>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(name, list(), signal);
    } catch (error) {
      const unstable = error instanceof BrcSyncError && error.code === 'UNSTABLE_LIST';
      if (!unstable || attempt === ATTEMPTS) throw error;
    }
  }
}

async function readOnce(name: string, list: AsyncIterable<readonly SinkRecord[]>, signal: AbortSignal): Promise<Map<string, SinkRecord>> {
  const records = new Map<string, SinkRecord>();
  for await (const batch of list) {
    signal.throwIfAborted();
    for (const record of batch) records.set(record.jobId, checkedRecord(name, record));
  }
  return records;
}

/** A record as the contract wants it, or an error that blames the instance. */
export function checkedRecord(name: string, record: SinkRecord): SinkRecord {
  const validate = (recordValidator ??= compileSchema<SinkRecord>(RECORD_SCHEMA));
  if (validate(record)) return record;
  const error = validate.errors?.[0];
  const pointer = error?.instancePath === '' ? '/' : (error?.instancePath ?? '/');
  throw new BrcSyncError('PLUGIN_CONTRACT', {
    message: `Sink ${name} handed over a record that breaks the contract: ${pointer} ${error?.message ?? 'is invalid'}.`,
    remedy: 'This is a fault of the plugin: run its conformance suite (brc-sync/testkit) and report it to its author.',
    context: { instance: name, pointer },
  });
}
