import { appendFileSync } from 'node:fs';
import type { Change } from '../change.js';
import type { PutOutcome } from '../job-sink.js';
import { readChanges } from '../plan-file.js';
import type { Clock, Logger } from '../plugin-environment.js';
import { bodyOf } from '../portal/job-body.js';
import { localReadAsUtc } from '../site-zone.js';
import { writeWallClock } from '../wall-clock.js';
import type { SinkRecord } from '../record.js';
import type { RunSummary } from '../report.js';
import { writePython } from './write-python.js';

export interface ScriptLogOptions {
  readonly path: string;
  readonly command: 'update' | 'full';
  readonly timeZone: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Goes on with the log of a script that is replaced, in its own words, so that whatever reads it still can. A log that cannot be written is a warning. */
export class ScriptLog {
  readonly #options: ScriptLogOptions;
  #written = 0;
  #isBroken = false;

  constructor(options: ScriptLogOptions) {
    this.#options = options;
  }

  begins(endpoint: string): void {
    this.#append('INFO', `starting run, using endpoint ${endpoint}`);
    if (this.#options.command === 'full') this.#append('INFO', 'using project start dates');
    this.#append('INFO', 'gathering data from slurmdb');
  }

  /** One line for every record that was written, after and before; one for every other that was to be. */
  readonly tell = (change: Change, outcome: PutOutcome): void => {
    if (outcome.status === 'applied') {
      this.#tellChange(change, this.#options.command === 'full' ? 'PUSHED/UPDATED' : 'UPDATED');
      return;
    }
    const reason = 'message' in outcome ? outcome.message : outcome.status;
    this.#append('WARNING', `ERROR occured for jobid: ${change.jobId} REASON: ${reason}`);
  };

  /** What a run that only looks would have written. */
  async collects(plan: string): Promise<void> {
    for await (const change of readChanges(plan)) this.#tellChange(change, 'COLLECTED');
  }

  ends({ guard, applied }: Pick<RunSummary, 'guard' | 'applied'>): void {
    const trouble = guard.refused ? 'the guard refused the run' : (applied?.stopped?.message ?? null);
    const count = `pushed/updated ${this.#written} jobs.`;
    if (trouble === null) this.#append('INFO', `run complete, ${count}`);
    else this.#append('WARNING', `run stopped, ${count} REASON: ${trouble}`);
  }

  #tellChange({ jobId, userId, before, after }: Change, word: string): void {
    if (word !== 'COLLECTED') this.#written += 1;
    const wanted = writePython(bodyOf({ ...after, userId: after.userId ?? userId }));
    this.#append('INFO', `${jobId} ${word} : ${wanted} BEFORE : ${writePython(bodyOrNull(before))}`);
  }

  #append(level: string, message: string): void {
    if (this.#isBroken) return;
    const { path, clock, timeZone, logger } = this.#options;
    const time = writeWallClock(localReadAsUtc(clock.now(), timeZone));
    const line = message.replaceAll(/[\r\n]+/g, ' ');
    try {
      appendFileSync(path, `${time} ${level.padEnd(8)} ${line}\n`, { mode: 0o600 });
    } catch (error) {
      this.#isBroken = true;
      logger.warn(`the log ${path} cannot be written`, { error });
    }
  }
}

function bodyOrNull(record: SinkRecord | null): Readonly<Record<string, unknown>> | null {
  return record === null ? null : bodyOf(record);
}
