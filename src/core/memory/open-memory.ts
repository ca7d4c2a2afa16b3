import type { Writing } from '../run-apply.js';
import type { RunDirectory } from '../state-directory.js';
import { placeOf } from '../sink-key.js';
import { SinkMemory } from './sink-memory.js';

/**
 * The memory of a sink; null of one that only writes down what it would send.
 * @param mayWrite of who holds the sink's lock
 */
export async function openMemory(
  { sink, directory, logger }: Pick<Writing, 'sink' | 'logger'> & { readonly directory: Pick<RunDirectory, 'stateDirectory'> },
  mayWrite: boolean,
): Promise<SinkMemory | null> {
  if (sink.instance.dry === true) return null;
  const place = placeOf({ name: sink.name, target: sink.instance.target ?? null, cluster: sink.cluster });
  return SinkMemory.open({ stateDirectory: directory.stateDirectory, place, mayWrite, logger });
}
