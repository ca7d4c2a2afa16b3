import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BrcSyncError } from '../errors.js';
import { formatInstant, parseInstant } from '../instants.js';
import type { Instant } from '../job.js';
import { compileSchema, type ValidateFunction } from '../schema.js';
import { formatAmount, parseAmount } from '../service-units.js';
import type { Exception, KnownReading } from './reading.js';

/** Which sink the readings are of. */
export interface ReadingsOf {
  readonly target: string;
  readonly cluster: string | null;
}

interface HeaderLine extends ReadingsOf {
  readonly type: 'readings';
  readonly version: 1;
}

interface ExceptionLine {
  readonly jobId: string;
  readonly theirs: { readonly startedAt: string; readonly amount: string; readonly cpuHours: number } | null;
  readonly ours: { readonly startedAt: string; readonly low: string; readonly high: string; readonly cpuHours: number } | null;
}

interface AccountLine {
  readonly type: 'account';
  readonly account: string;
  readonly from: string;
  readonly readAt: string;
  readonly exact: readonly string[];
  readonly exceptions: readonly ExceptionLine[];
}

const text = { type: 'string' } as const;
const amount = { type: 'string', pattern: '^[0-9]+[.][0-9]{2}$' } as const;
const instant = { type: 'string', pattern: '^[0-9-]{10}T[0-9:]{8}Z$' } as const;
const hours = { type: 'number' } as const;
const sides = (amounts: object): object => ({
  type: ['object', 'null'],
  required: ['startedAt', 'cpuHours', ...Object.keys(amounts)],
  properties: { startedAt: instant, cpuHours: hours, ...amounts },
});
const HEADER_SCHEMA = {
  type: 'object',
  required: ['type', 'version', 'target', 'cluster'],
  properties: { type: { const: 'readings' }, version: { const: 1 }, target: text, cluster: { type: ['string', 'null'] } },
};
const ACCOUNT_SCHEMA = {
  type: 'object',
  required: ['type', 'account', 'from', 'readAt', 'exact', 'exceptions'],
  properties: {
    type: { const: 'account' },
    account: text,
    from: instant,
    readAt: instant,
    exact: { type: 'array', items: text },
    exceptions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['jobId', 'theirs', 'ours'],
        properties: { jobId: text, theirs: sides({ amount }), ours: sides({ low: amount, high: amount }) },
      },
    },
  },
};

/** What is known of a sink's accounts since their records were read one by one: a file of the state directory, a line an account (money 25). */
export class KnownReadings {
  readonly #path: string;
  readonly #of: ReadingsOf;
  readonly #isAccount: ValidateFunction<AccountLine> = compileSchema<AccountLine>(ACCOUNT_SCHEMA);
  /** An account's line stays text until it is asked for: a site has thousands of them, some long. */
  readonly #lines = new Map<string, { readonly text: string; readonly number: number }>();

  private constructor(path: string, of: ReadingsOf) {
    this.#path = path;
    this.#of = of;
  }

  /** @throws BrcSyncError `INPUT_INVALID` for a file that is not one of these */
  static load(stateDirectory: string, of: ReadingsOf): KnownReadings {
    const { target, cluster } = of;
    const key = createHash('sha256').update(JSON.stringify([target, cluster])).digest('hex').slice(0, 16); // prettier-ignore
    const readings = new KnownReadings(join(stateDirectory, 'readings', `${key}.ndjson`), of);
    readings.#load();
    return readings;
  }

  get(account: string): KnownReading | null {
    const line = this.#lines.get(account);
    return line === undefined ? null : readingOf(this.#parse(line.text, line.number));
  }

  set(account: string, reading: KnownReading): void {
    this.#lines.set(account, { text: JSON.stringify(lineOf(account, reading)), number: 0 });
  }

  /** Writes all, whole or not at all, readable by its owner only. */
  save(): void {
    const header: HeaderLine = { type: 'readings', version: 1, ...this.#of };
    const lines = [...this.#lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line.text);
    const partial = `${this.#path}.${randomBytes(6).toString('hex')}`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileSync(partial, `${[JSON.stringify(header), ...lines].join('\n')}\n`, { mode: 0o600, flag: 'wx', flush: true });
      renameSync(partial, this.#path);
    } catch (cause) {
      rmSync(partial, { force: true });
      throw new BrcSyncError('OUTPUT_FAILED', {
        message: `${this.#path} cannot be written: ${(cause as Error).message}.`,
        remedy: 'Make room, or let this user write the state directory.',
        context: { file: this.#path },
        cause,
      });
    }
  }

  #load(): void {
    const content = readIfThere(this.#path);
    if (content === null) return;
    const [header = '', ...lines] = content.trimEnd().split('\n');
    const isHeader = compileSchema<HeaderLine>(HEADER_SCHEMA);
    const first = parseJson(header);
    if (!isHeader(first) || first.target !== this.#of.target || first.cluster !== this.#of.cluster) throw this.#broken(1);
    lines.forEach((line, index) => {
      const account = /^\{"type":"account","account":("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
      if (account === undefined) throw this.#broken(index + 2);
      this.#lines.set(JSON.parse(account) as string, { text: line, number: index + 2 });
    });
  }

  #parse(line: string, number: number): AccountLine {
    const value = parseJson(line);
    if (!this.#isAccount(value)) throw this.#broken(number);
    return value;
  }

  #broken(line: number): BrcSyncError {
    return new BrcSyncError('INPUT_INVALID', {
      message: `${this.#path}, line ${line}: not what brc-sync wrote there.`,
      remedy: `Remove it (rm ${this.#path}); the next run full reads every record and writes it anew.`,
      context: { file: this.#path, line },
    });
  }
}

function lineOf(account: string, { from, readAt, exceptions, exact }: KnownReading): AccountLine {
  return {
    type: 'account',
    account,
    from: formatInstant(from),
    readAt: formatInstant(readAt),
    exact: [...exact],
    exceptions: exceptions.map(({ jobId, theirs, ours }) => ({
      jobId,
      theirs: theirs && { startedAt: formatInstant(theirs.startedAt), amount: formatAmount(theirs.amount), cpuHours: theirs.cpuHours },
      ours: ours && {
        startedAt: formatInstant(ours.startedAt),
        low: formatAmount(ours.low),
        high: formatAmount(ours.high),
        cpuHours: ours.cpuHours,
      },
    })),
  };
}

function readingOf({ from, readAt, exceptions, exact }: AccountLine): KnownReading {
  return { from: instantOf(from), readAt: instantOf(readAt), exceptions: exceptions.map(exceptionOf), exact: new Set(exact) };
}

function exceptionOf({ jobId, theirs, ours }: ExceptionLine): Exception {
  return {
    jobId,
    theirs: theirs && { startedAt: instantOf(theirs.startedAt), amount: parseAmount(theirs.amount), cpuHours: theirs.cpuHours },
    ours: ours && {
      startedAt: instantOf(ours.startedAt),
      low: parseAmount(ours.low),
      high: parseAmount(ours.high),
      cpuHours: ours.cpuHours,
    },
  };
}

function instantOf(text: string): Instant {
  return parseInstant(text) ?? 0;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
