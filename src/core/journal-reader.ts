import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Change } from './change.js';
import { BrcSyncError } from './errors.js';
import { parseInstant } from './instants.js';
import type { Instant } from './job.js';
import type { PutOutcome } from './job-sink.js';
import { chainOf, type IntentFacts, type JournalHeader } from './journal.js';
import { changeOfFields, type ChangeFields } from './plan-file.js';

/** An intent of a journal with what became of it. */
export interface JournalEntry {
  readonly sequence: number;
  readonly change: Change;
  readonly facts: IntentFacts;
  readonly at: Instant;
  /** Null: the run ended before it was known; read the record back (money 21). */
  readonly outcome: PutOutcome | null;
}

interface Line {
  readonly type: string;
  readonly sequence: number;
  readonly at: string;
  readonly chain: string;
}

/** Entries answered out of order wait here: no more than a run has requests in flight. */
type Waiting = Map<number, Omit<JournalEntry, 'outcome'>>;

/**
 * The header of a journal.
 * @throws BrcSyncError `JOURNAL_INVALID`, `INPUT_NOT_FOUND`
 */
export async function readJournalHeader(path: string): Promise<JournalHeader> {
  for await (const { line } of chainedLines(path)) return line as unknown as JournalHeader;
  throw invalid(path, 1, 'it is empty');
}

/**
 * What a run did, in the order of its outcomes; intents without one come last, and those taken back not at all. The chain is checked on the way,
 * and a last line that a crash cut off is passed over: its request had not been sent.
 * @throws BrcSyncError `JOURNAL_INVALID` where a line was changed, removed or added; `INPUT_NOT_FOUND`
 */
export async function* readJournal(path: string): AsyncGenerator<JournalEntry, void, undefined> {
  const waiting: Waiting = new Map();
  for await (const { line, number } of chainedLines(path)) {
    if (line.type === 'intent') {
      const change = changeOfFields(line as unknown as ChangeFields);
      const { place, usageMoves, allocation } = line as Line & IntentFacts;
      waiting.set(line.sequence, {
        sequence: line.sequence,
        change,
        facts: { place, usageMoves, allocation },
        at: parseInstant(line.at) ?? 0,
      });
    } else if (line.type === 'withdrawn') {
      if (!waiting.delete(line.sequence)) throw invalid(path, number, `it takes back ${line.sequence}, which was not announced`);
    } else if (line.type === 'outcome') {
      const intent = waiting.get(line.sequence);
      if (intent === undefined) throw invalid(path, number, `its outcome ${line.sequence} has no intent`);
      waiting.delete(line.sequence);
      const { type, sequence, at, chain, ...outcome } = line as Line & PutOutcome;
      yield { ...intent, outcome };
    }
  }
  for (const intent of waiting.values()) yield { ...intent, outcome: null };
}

async function* chainedLines(path: string): AsyncGenerator<{ readonly line: Line; readonly number: number }> {
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Infinity });
  let chain = '';
  let number = 0;
  let torn: number | null = null;
  try {
    for await (const text of lines) {
      number += 1;
      if (torn !== null) throw invalid(path, torn, 'it is not whole');
      const line = parseLine(text);
      if (line === null) {
        torn = number;
        continue;
      }
      chain = chainOf(chain, text.replace(`,"chain":"${line.chain}"}`, '}'));
      if (line.chain !== chain) throw invalid(path, number, 'it, or a line before it, was changed, removed or added');
      yield { line, number };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new BrcSyncError('INPUT_NOT_FOUND', {
      message: `There is no journal ${path}.`,
      remedy: 'Name a run that wrote something: `brc-sync runs list`.',
      context: { file: path },
    });
  } finally {
    lines.close();
    input.destroy();
  }
}

function parseLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

function invalid(path: string, line: number, why: string): BrcSyncError {
  return new BrcSyncError('JOURNAL_INVALID', {
    message: `${path}, line ${line}: ${why}.`,
    remedy: 'Do not build on this journal. Run `full`: it compares everything anew and needs no journal.',
    context: { file: path, line },
  });
}
