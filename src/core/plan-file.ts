import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Change } from './change.js';
import { BrcSyncError } from './errors.js';
import type { Finding } from './finding.js';
import { formatInstant, parseInstant } from './instants.js';
import type { PriceListDigest } from './reconcile/guard.js';
import type { PlanTotals } from './reconcile/totals.js';
import type { SinkRecord } from './record.js';

/** A plan is applied within a day of its making, or made again. */
export const PLAN_LIVES_SECONDS = 86_400;

/** What made a plan; `revert` takes back what a run did. */
export type PlanCommand = 'update' | 'full' | 'revert';

/** The first line of a plan: what was compared with what, and under which rules. */
export interface PlanHeader {
  readonly type: 'plan';
  readonly version: 1;
  readonly runId: string;
  readonly command: PlanCommand;
  readonly createdAt: string;
  /** From then on it is too old to be applied. */
  readonly expiresAt: string;
  /** The period by the end of jobs; `from` is null where each account has its own. */
  readonly window: { readonly from: string | null; readonly to: string };
  readonly source: { readonly name: string; readonly plugin: string };
  readonly sink: { readonly name: string; readonly plugin: string; readonly cluster: string | null };
  /** Only these were asked for; empty: all. */
  readonly accounts: readonly string[];
  readonly digests: {
    readonly prices: string;
    readonly priceLists: readonly PriceListDigest[];
    /** Of what plugins.json says of the sink. */
    readonly configuration: string;
  };
}

/** What the guard needs beside the changes: it judges a plan again when it is applied. */
export interface PlanFigures {
  readonly closedRecords: number;
  readonly missing: number;
}

/** The last line of a plan. */
export interface PlanEnd extends PlanTotals {
  readonly type: 'totals';
  readonly figures: PlanFigures;
  /** SHA-256 of all lines before it. */
  readonly digest: string;
}

/** Lines kept before they are written, so that a plan of a million changes costs few system calls. */
const BUFFER_BYTES = 1 << 16;

/** Writes `plan.ndjson` under a temporary name, and gives it its own name when it is whole: a plan that is there is complete. */
export class PlanWriter {
  readonly #path: string;
  readonly #partial: string;
  #descriptor: number | null;
  #buffer = '';
  readonly #hash = createHash('sha256');
  /** Also when the process is stopped hard, after the grace of an interruption. */
  readonly #onExit = (): void => this.discard();

  constructor(path: string) {
    this.#path = path;
    this.#partial = `${path}.partial`;
    this.#descriptor = written(path, () => openSync(this.#partial, 'w', 0o600));
    process.once('exit', this.#onExit);
  }

  header(header: Omit<PlanHeader, 'type' | 'version'>): void {
    this.#line({ type: 'plan', version: 1, ...header } satisfies PlanHeader);
  }

  change(change: Change): void {
    this.#line(changeLine(change));
  }

  finding(finding: Finding): void {
    this.#line({ type: 'finding', ...finding });
  }

  /**
   * Writes the last line and puts the plan in its place.
   * @throws BrcSyncError `OUTPUT_FAILED`, as any line may
   */
  finish(totals: PlanTotals, figures: PlanFigures): void {
    this.#flush();
    const digest = this.#hash.copy().digest('hex');
    this.#line({ type: 'totals', ...totals, figures, digest } satisfies PlanEnd);
    this.#flush();
    const descriptor = this.#descriptor as number;
    written(this.#path, () => fsyncSync(descriptor));
    closeSync(descriptor);
    this.#descriptor = null;
    written(this.#path, () => renameSync(this.#partial, this.#path));
    process.off('exit', this.#onExit);
  }

  /** Removes what is unfinished; nothing after `finish`. */
  discard(): void {
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
    rmSync(this.#partial, { force: true });
    process.off('exit', this.#onExit);
  }

  #line(value: object): void {
    this.#buffer += `${JSON.stringify(value)}\n`;
    if (this.#buffer.length >= BUFFER_BYTES) this.#flush();
  }

  #flush(): void {
    const descriptor = this.#descriptor;
    if (descriptor !== null) written(this.#path, () => writeFileSync(descriptor, this.#buffer));
    this.#hash.update(this.#buffer);
    this.#buffer = '';
  }
}

function written<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new BrcSyncError('OUTPUT_FAILED', {
      message: `The plan ${path} cannot be written: ${(cause as Error).message}. Nothing was sent.`,
      remedy: 'Make room or give the right to write there, then run again.',
      context: { file: path },
      cause,
    });
  }
}

/** The changes of a finished plan, in order. */
export async function* readChanges(path: string): AsyncGenerator<Change> {
  for await (const { line, number } of linesOfType('change', path)) yield changeOfLine(line, path, number);
}

/** The findings of a finished plan, in order. */
export async function* readFindings(path: string): AsyncGenerator<Finding> {
  for await (const { line } of linesOfType('finding', path)) {
    yield JSON.parse(line) as Finding;
  }
}

/** A line of a plan: its number from 1, and where it begins, in bytes. */
export interface PlanLine {
  readonly line: string;
  readonly number: number;
  readonly offset: number;
}

export async function* linesOfType(type: 'change' | 'finding', path: string): AsyncGenerator<PlanLine> {
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    let number = 0;
    let offset = 0;
    for await (const line of lines) {
      number += 1;
      // Every other kind of line begins otherwise, so that it need not be parsed.
      if (line.startsWith(`{"type":"${type}"`)) yield { line, number, offset };
      offset += Buffer.byteLength(line) + 1;
    }
  } finally {
    lines.close();
    input.destroy();
  }
}

/** A change as a line of `plan.ndjson`: instants as ISO 8601. */
export function changeLine(change: Change): object {
  return { type: 'change', ...changeFields(change) };
}

/** A change as plans and journals hold it. */
export function changeFields(change: Change): object {
  const { kind, jobId, account, userId, before, after, drift, suDifference } = change;
  return {
    kind,
    jobId,
    account,
    userId,
    before: before && recordLine(before),
    after: recordLine(after),
    drift,
    suDifference,
  };
}

/** A record as plans and journals hold it. */
export function recordLine(record: SinkRecord): RecordLine {
  return {
    ...record,
    submittedAt: instantText(record.submittedAt),
    startedAt: instantText(record.startedAt),
    endedAt: instantText(record.endedAt),
  };
}

function instantText(instant: number | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

export type RecordLine = Omit<SinkRecord, 'submittedAt' | 'startedAt' | 'endedAt'> &
  Record<'submittedAt' | 'startedAt' | 'endedAt', string | null>;

/** A change as it stands in a line. */
export type ChangeFields = Omit<Change, 'before' | 'after'> & { readonly before: RecordLine | null; readonly after: RecordLine };

/** The change that a line holds; what else stands in the line is left out. */
export function changeOfFields({ kind, jobId, account, userId, before, after, drift, suDifference }: ChangeFields): Change {
  return { kind, jobId, account, userId, before: before && recordOfLine(before), after: recordOfLine(after), drift, suDifference };
}

/** @throws BrcSyncError `INPUT_INVALID` */
export function changeOfLine(line: string, path: string, number: number): Change {
  try {
    return changeOfFields(JSON.parse(line) as ChangeFields);
  } catch (cause) {
    throw new BrcSyncError('INPUT_INVALID', {
      message: `${path}, line ${number}: not a change of a plan.`,
      remedy: 'Make the plan again; do not edit it.',
      context: { file: path, line: number },
      cause,
    });
  }
}

function recordOfLine(line: RecordLine): SinkRecord {
  const instant = (text: string | null): number | null => (text === null ? null : parseInstant(text));
  return { ...line, submittedAt: instant(line.submittedAt), startedAt: instant(line.startedAt), endedAt: instant(line.endedAt) };
}
