import type { Status } from '../status.js';
import type { RunKind } from './run-kinds.js';

/** What `status --json` prints. */
export interface StatusJson extends Omit<Status, 'runs'> {
  readonly runs: readonly Omit<RunKind, 'summary'>[];
}

export function statusJson({ runs, ...rest }: Status): StatusJson {
  return { ...rest, runs: runs.map(({ summary, ...run }) => run) };
}
