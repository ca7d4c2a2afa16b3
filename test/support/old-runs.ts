import { readFileSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Gives a run an age, and returns its new id: prune goes by the id, and by the times of its files. The memory of its sink is told. */
export function oldRun(state: string, runId: string): string {
  const old = runId.replace(/^\d{8}/, '20260101');
  const path = join(state, 'runs', old);
  renameSync(join(state, 'runs', runId), path);
  for (const name of readdirSync(path)) utimesSync(join(path, name), 1_767_225_600, 1_767_225_600);
  for (const name of readdirSync(join(state, 'sinks'))) {
    const memory = join(state, 'sinks', name);
    writeFileSync(memory, readFileSync(memory, 'utf8').replaceAll(runId, old));
  }
  return old;
}

/** As a kill between a request and its answer leaves a journal. */
export function cutLastOutcome(path: string): void {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = lines.findLastIndex((line) => line.startsWith('{"type":"outcome"'));
  writeFileSync(path, `${lines.slice(0, last).join('\n')}\n`);
}
