import pLimit from 'p-limit';
import type { JobSink } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import { checkedRecord } from './read-sink.js';

/** Lookups that wait for an answer: what a sink has in flight of them is its own affair, as for changes. */
const LOOKUPS = 16;

export interface LookUpRun {
  readonly sink: JobSink;
  readonly sinkName: string;
  readonly signal: AbortSignal;
}

/** The records under these ids, in any order. */
export type LookUp = (ids: readonly string[]) => Promise<readonly SinkRecord[]>;

/** Reads single records that no list has shown: lists hide those outside their window or without a start (money 5). None where the sink cannot. */
export function createLookUp({ sink, sinkName, signal }: LookUpRun): LookUp {
  const record = sink.record?.bind(sink);
  if (record === undefined) return () => Promise.resolve([]);
  const place = pLimit(LOOKUPS);
  return async (ids) => {
    const queue = ids.values();
    const found: SinkRecord[] = [];
    const worker = async (): Promise<void> => {
      for (const id of queue) {
        signal.throwIfAborted();
        const one = await place(() => record(id, { signal }));
        if (one !== null) found.push(checkedRecord(sinkName, one));
      }
    };
    await Promise.all(Array.from({ length: Math.min(LOOKUPS, ids.length) }, worker));
    return found;
  };
}
