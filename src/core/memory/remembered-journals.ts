import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readMemory } from './memory-file.js';

/** How many bytes of each run's journal are in the memories of a state directory. */
export function rememberedJournals(stateDirectory: string): ReadonlyMap<string, number> {
  const directory = join(stateDirectory, 'sinks');
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.ndjson')) : [];
  const facts = names.flatMap((name) => readMemory(join(directory, name)).facts);
  return new Map(facts.flatMap((fact): [string, number][] => (fact.type === 'journal' ? [[fact.runId, fact.bytes]] : [])));
}
