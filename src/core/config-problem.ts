import { BrcSyncError, type ErrorCode } from './errors.js';

/** One thing that is wrong in plugins.json. */
export interface ConfigProblem {
  readonly code: ErrorCode;
  /** Null: outside any instance. */
  readonly instance: string | null;
  /** JSON pointer into plugins.json. */
  readonly pointer: string;
  /** What is wrong, as the rest of a sentence that begins with the pointer. */
  readonly what: string;
  /** A value that would pass; undefined where none is known. */
  readonly example?: unknown;
}

/** Finds the line, counted from 1, of what a JSON pointer names, or of the nearest thing around it. */
export type LineOf = (pointer: string) => number;

/** All problems in one error: a file is corrected once, not once a problem. */
export function configError(file: string, problems: readonly ConfigProblem[], lineOf: LineOf): BrcSyncError {
  const inOrder = problems.toSorted((one, other) => lineOf(one.pointer) - lineOf(other.pointer));
  const lines = inOrder.map((problem) => `${file}:${lineOf(problem.pointer)}: ${describeProblem(problem)}`);
  return new BrcSyncError(commonCode(problems), {
    message: [`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`, ...lines].join('\n  '),
    remedy: 'Correct the file; `brc-sync plugins validate` checks it without running anything.',
    context: { file, problems: lines },
  });
}

function describeProblem(problem: ConfigProblem): string {
  const where = problem.instance === null ? '' : `instance "${problem.instance}": `;
  const example = problem.example === undefined ? '' : `; for example ${JSON.stringify(problem.example)}`;
  return `${where}${problem.pointer === '' ? 'the file' : problem.pointer} ${problem.what}${example}`;
}

function commonCode(problems: readonly ConfigProblem[]): ErrorCode {
  const codes = new Set(problems.map((problem) => problem.code));
  if (codes.has('CONFIG_UNSAFE')) return 'CONFIG_UNSAFE';
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : 'CONFIG_INVALID';
}
