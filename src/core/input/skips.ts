import type { SkippedRecord } from '../job-source.js';
import { badInput, showFile, type Fault, type Place } from './bad-input.js';

export type OnError = 'fail' | 'skip';

/** What becomes of bad records: the first one ends the reading, or each is told once, however often it is read. */
export class Skips {
  readonly #told = new Set<string>();
  readonly #waiting: SkippedRecord[] = [];

  constructor(private readonly onError: OnError) {}

  /** @throws BrcSyncError INPUT_INVALID unless bad records are to be skipped */
  note(place: Place, fault: Fault): void {
    const error = badInput(place, fault);
    if (this.onError === 'fail') throw error;
    const key = `${place.file}\n${place.position ?? ''}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#waiting.push({ where: showFile(place.file), position: place.position, message: error.message, remedy: fault.remedy });
  }

  /** Tells what was noted since the last time. */
  tell(onSkip: (skipped: SkippedRecord) => void): void {
    for (const skipped of this.#waiting.splice(0)) onSkip(skipped);
  }
}
