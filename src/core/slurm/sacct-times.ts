import type { Instant } from '../job.js';
import { assertTimeZone, instantsOfLocal } from '../site-zone.js';
import { settleAutumnHour } from './autumn-hour.js';
import type { SacctColumns } from './sacct-columns.js';
import type { SacctLine } from './sacct-line.js';
import { parseDuration } from './sacct-values.js';

/** 0 and the two largest numbers of 32 bits stand for a time that Slurm does not know (contract slurm.md 5, fact 6). */
const FIRST_SENTINEL = 4_294_967_294;

const ISO_LENGTH = '2026-11-23T04:04:54'.length;

/** A local time that the clocks showed twice. */
const UNSETTLED = NaN;

const EPOCH_REMEDY = 'Run sacct with SLURM_TIME_FORMAT=%s, which no time zone can distort.';

/** The times of one line, read anew for each; a reader uses one for all its lines. */
export class SacctTimes {
  submittedAt: Instant = 0;
  eligibleAt: Instant | null = null;
  startedAt: Instant | null = null;
  endedAt: Instant | null = null;
  readonly #columns: SacctColumns;
  readonly #timeZone: string | null;

  constructor(columns: SacctColumns, timeZone: string | null) {
    if (timeZone !== null) assertTimeZone(timeZone);
    this.#columns = columns;
    this.#timeZone = timeZone;
  }

  /** @throws InvalidRow where a time cannot be read, does not exist, or can be either of two. */
  read(line: SacctLine): void {
    const { submit, eligible, start, end } = this.#columns;
    const submittedAt = this.#time(line, submit);
    if (submittedAt === null) throw line.invalid(submit, 'tells no time', 'Look the job up in Slurm: every job has a submit time.');
    this.submittedAt = submittedAt;
    this.eligibleAt = this.#time(line, eligible);
    this.startedAt = this.#time(line, start);
    this.endedAt = this.#time(line, end);
    if (Number.isNaN(this.submittedAt + (this.eligibleAt ?? 0) + (this.startedAt ?? 0) + (this.endedAt ?? 0))) this.#settle(line);
  }

  #time(line: SacctLine, column: number): Instant | null {
    if (column === -1 || line.isEmpty(column)) return null;
    const seconds = line.digits(column);
    if (seconds !== -1) return seconds === 0 || seconds >= FIRST_SENTINEL ? null : seconds;
    const text = line.text(column);
    if (text === 'Unknown' || text === 'None') return null;
    if (text.length !== ISO_LENGTH || text[10] !== 'T') throw line.invalid(column, 'is no time of sacct', EPOCH_REMEDY);
    return this.#localTime(line, column, text);
  }

  #localTime(line: SacctLine, column: number, text: string): Instant {
    if (this.#timeZone === null) {
      throw line.invalid(
        column,
        'is a local time, and no timeZone says of where',
        `Declare the timeZone of the file. Better: ${EPOCH_REMEDY}`,
      );
    }
    const [first, second] = instantsOfLocal(text, this.#timeZone);
    if (first === undefined) {
      throw line.invalid(
        column,
        `is a time that no clock in ${this.#timeZone} shows`,
        `Check the declared timeZone. Better: ${EPOCH_REMEDY}`,
      );
    }
    return second === undefined ? first : UNSETTLED;
  }

  #settle(line: SacctLine): void {
    const { submit, eligible, start, end } = this.#columns;
    const settled = settleAutumnHour({
      submit: this.#possible(line, submit, this.submittedAt),
      eligible: this.#possible(line, eligible, this.eligibleAt),
      start: this.#possible(line, start, this.startedAt),
      end: this.#possible(line, end, this.endedAt),
      ranSeconds: this.#ranSeconds(line),
      submitReadsAfterStart: line.text(submit) > line.text(start),
    });
    if (settled === null) throw this.#unsettled(line);
    this.submittedAt = settled.submittedAt;
    this.eligibleAt = settled.eligibleAt;
    this.startedAt = settled.startedAt;
    this.endedAt = settled.endedAt;
  }

  #possible(line: SacctLine, column: number, instant: Instant | null): readonly Instant[] {
    if (instant === null) return [];
    return Number.isNaN(instant) && this.#timeZone !== null ? instantsOfLocal(line.text(column), this.#timeZone) : [instant];
  }

  /** Slurm's Elapsed leaves suspended time out (contract slurm.md 4). Without a Suspended column no job was suspended. */
  #ranSeconds(line: SacctLine): number | null {
    const { elapsed, suspended } = this.#columns;
    const elapsedSeconds = elapsed === -1 ? null : parseDuration(line.text(elapsed));
    const suspendedSeconds = suspended === -1 || line.isEmpty(suspended) ? 0 : parseDuration(line.text(suspended));
    return elapsedSeconds === null || suspendedSeconds === null ? null : elapsedSeconds + suspendedSeconds;
  }

  #unsettled(line: SacctLine): Error {
    const { submit, eligible, start, end } = this.#columns;
    const times = [this.submittedAt, this.eligibleAt, this.startedAt, this.endedAt];
    const column = [submit, eligible, start, end][times.findIndex(Number.isNaN)] ?? submit;
    return line.invalid(
      column,
      'falls in the hour that the autumn change of clocks repeats, and the row does not say in which half',
      EPOCH_REMEDY,
    );
  }
}
