import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Change } from './change.js';
import { BrcSyncError } from './errors.js';
import { changeOfLine, type PlanEnd, type PlanHeader } from './plan-file.js';

/** A finished plan, without its changes. */
export interface FinishedPlan {
  readonly path: string;
  readonly header: PlanHeader;
  readonly end: PlanEnd;
}

const NEWLINE = 10;

/**
 * Reads a plan through and makes sure that it is whole and as it was written.
 * @param onChange told of each change, in order
 * @throws BrcSyncError `INPUT_NOT_FOUND`, `PLAN_INVALID`
 */
export async function readPlan(path: string, onChange: (change: Change) => void = () => undefined): Promise<FinishedPlan> {
  let header: PlanHeader | null = null;
  let end: PlanEnd | null = null;
  const hash = createHash('sha256');
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    if (end !== null) throw invalid(path, 'has lines after its last one');
    const text = line.toString('utf8');
    if (header === null) header = parse(text, 'plan', path) as PlanHeader;
    else if (text.startsWith('{"type":"totals"')) end = parse(text, 'totals', path) as PlanEnd;
    else if (text.startsWith('{"type":"change"')) onChange(changeOfLine(text, path, number));
    if (end === null) hash.update(line).update('\n');
  }
  if (header === null || end === null) throw invalid(path, 'is not whole');
  if (end.digest !== hash.digest('hex')) throw invalid(path, 'was changed after it was made');
  return { path, header, end };
}

async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0;
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
        yield bytes.subarray(from, at);
        from = at + 1;
      }
      held = bytes.subarray(from);
    }
  } catch (cause) {
    if (cause instanceof BrcSyncError) throw cause;
    throw new BrcSyncError('INPUT_NOT_FOUND', {
      message: `The plan ${path} cannot be read: ${(cause as Error).message}.`,
      remedy: 'Give the path of a plan that `brc-sync plan` wrote.',
      context: { file: path },
      cause,
    });
  }
  if (held.length > 0) yield held;
}

function parse(text: string, type: string, path: string): object {
  try {
    const value = JSON.parse(text) as { readonly type?: unknown; readonly version?: unknown };
    if (value.type === type) return value;
  } catch {
    // Told below.
  }
  throw invalid(path, type === 'plan' ? 'is not a plan of brc-sync' : 'is not whole');
}

function invalid(path: string, why: string): BrcSyncError {
  return new BrcSyncError('PLAN_INVALID', {
    message: `${path} ${why}.`,
    remedy: 'Make the plan again with `brc-sync plan`, and do not edit it.',
    context: { file: path },
  });
}
