/** A line of a log of the retired scripts that matters. Times are the text of the log: local, of the machine where it ran. */
export type ScriptLine =
  | { readonly kind: 'begins' }
  | { readonly kind: 'ends' }
  | { readonly kind: 'job'; readonly at: string; readonly jobId: string; readonly word: JobWord; readonly payload: string }
  | { readonly kind: 'error'; readonly at: string; readonly jobId: string; readonly reason: string };

/** What the script did with the job: `COLLECTED` only looked. */
export type JobWord = 'UPDATED' | 'PUSHED/UPDATED' | 'COLLECTED';

const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) [A-Z]+ +(.*)$/s;
const JOB = /^(\S+) (UPDATED|PUSHED\/UPDATED|COLLECTED) : (\{.*)$/s;
const ERROR = /^ERROR occured for jobid: (\S+) REASON: (.*)$/s;

/** Null for a line that says nothing of a job or of the course of a run. */
export function readScriptLine(text: string): ScriptLine | null {
  const [, at, message] = LINE.exec(text) ?? [];
  if (at === undefined || message === undefined) return null;
  if (message.startsWith('starting run')) return { kind: 'begins' };
  if (message.startsWith('run complete')) return { kind: 'ends' };
  const [, jobId, word, payload] = JOB.exec(message) ?? [];
  if (jobId !== undefined && payload !== undefined) return { kind: 'job', at, jobId, word: word as JobWord, payload };
  const [, failed, reason] = ERROR.exec(message) ?? [];
  return failed !== undefined && reason !== undefined ? { kind: 'error', at, jobId: failed, reason } : null;
}
