import { BrcSyncError } from '../errors.js';

/** What surrounds `jobs[]` in a reply of slurmdb REST, or in the output of `sacct --json`. */
export interface SlurmdbReply {
  readonly meta?: unknown;
  readonly errors?: unknown;
  readonly warnings?: unknown;
}

/** ESLURM_REST_EMPTY_RESULT, which versions before v0.0.39 count as an error (contract slurm.md 1.6). */
const NOTHING_FOUND = 9003;

/** v0.0.36 and v0.0.37 write the eligible time into `time.start` (contract slurm.md 1.5). */
const FIRST_BILLABLE = 38;

/**
 * The slurmdb version that a reply says it has, such as `v0.0.41`; null when `meta` does not tell.
 * Since v0.0.40 it is the data parser's, before it is in the name of the plugin (contract slurm.md 1.5).
 */
export function slurmdbVersion(meta: unknown): string | null {
  const plugin = property(meta, 'plugin');
  for (const key of ['data_parser', 'type', 'name']) {
    const match = /v0\.0\.\d+/.exec(text(property(plugin, key)));
    if (match !== null) return match[0];
  }
  return null;
}

/**
 * Refuses replies whose start times are not start times, and those that do not say which version they are: the jobs alone do not tell.
 *
 * @throws BrcSyncError INPUT_INVALID
 */
export function assertBillableVersion(meta: unknown): void {
  const version = slurmdbVersion(meta);
  if (version === null) {
    throw new BrcSyncError('INPUT_INVALID', {
      message: 'The reply does not say which version of the slurmdb API wrote it, and versions before v0.0.38 give wrong start times.',
      remedy: 'Keep the whole reply, with its "meta" part.',
    });
  }
  if (Number(version.slice('v0.0.'.length)) >= FIRST_BILLABLE) return;
  throw new BrcSyncError('INPUT_INVALID', {
    message: `slurmdb ${version} writes the eligible time where the start time belongs: jobs would be charged for waiting.`,
    remedy: 'Ask for v0.0.38 or newer (Slurm 22.05 has it), or use sacct.',
    context: { version },
  });
}

/**
 * Whether the reply is one: Slurm reports failures beside an empty list of jobs, also with HTTP status 200 (contract slurm.md 1.6).
 *
 * @throws BrcSyncError INPUT_INVALID with Slurm's own words.
 */
export function assertSlurmdbReply(reply: SlurmdbReply): void {
  const serious = slurmdbErrors(reply);
  if (serious.length > 0) throw failure(serious.map((error) => error.message));
}

/** An error that a reply tells of: Slurm's number, where it gives one, and its words. */
export interface SlurmdbError {
  readonly number: number | null;
  readonly message: string;
}

/** What keeps the reply from being an answer; that nothing was found is an answer. */
export function slurmdbErrors(reply: SlurmdbReply): readonly SlurmdbError[] {
  const errors: unknown = reply.errors ?? [];
  if (!Array.isArray(errors)) return [{ number: null, message: '"errors" is no list' }];
  return errors.map(toSlurmdbError).filter(({ number }) => number !== NOTHING_FOUND);
}

function toSlurmdbError(error: unknown): SlurmdbError {
  const number = errorNumber(error);
  return { number: typeof number === 'number' ? number : null, message: describe(error) };
}

function failure(descriptions: readonly string[]): BrcSyncError {
  return new BrcSyncError('INPUT_INVALID', {
    message: `Slurm could not answer: ${descriptions.join('; ')}.`,
    remedy: 'Repeat the query once Slurm answers it; a reply with errors may lack jobs.',
    context: { errors: descriptions.join('; ') },
  });
}

/** v0.0.37's own description calls it `errno`. */
function errorNumber(error: unknown): unknown {
  return property(error, 'error_number') ?? property(error, 'errno');
}

function describe(error: unknown): string {
  const words = [property(error, 'error'), property(error, 'description')].map(text).filter((word) => word !== '');
  const number = errorNumber(error);
  const said = words.length > 0 ? words.join(', ') : JSON.stringify(error).slice(0, 200);
  return typeof number === 'number' ? `${said} (${number})` : said;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
