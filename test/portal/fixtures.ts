import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JobView } from './job.js';
import type { Seed } from './seed.js';

/** One request of a recording and what a real portal answered. */
export interface Exchange {
  readonly note?: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    /** An entry of the seed's tokens. */
    readonly token: string | null;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly text?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly text?: string;
  };
}

const FOLDER = resolve('test/fixtures/portal');

function read(name: string): unknown {
  return JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), 'utf8'));
}

export const readRecordedSeed = (): Seed => read('seed') as Seed;
export const readListsJobs = (): JobView[] => read('lists-jobs') as JobView[];
export const readScenario = (name: string): { about: string; exchanges: Exchange[] } =>
  read(name) as { about: string; exchanges: Exchange[] };
