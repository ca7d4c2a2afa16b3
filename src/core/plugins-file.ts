import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ConfigProblem, LineOf } from './config-problem.js';
import { BrcSyncError } from './errors.js';
import { distrustOf } from './file-trust.js';
import { parseJsonText } from './json-text.js';
import { interpretPluginsFile, type InstanceEntry } from './plugins-file-content.js';

export interface PluginsFile {
  /** Absolute path. */
  readonly path: string;
  /** Relative paths of the file count from here. */
  readonly baseDirectory: string;
  /** The instances that can be looked at; the others are among the problems. */
  readonly instances: readonly InstanceEntry[];
  readonly problems: readonly ConfigProblem[];
  readonly lineOf: LineOf;
}

/** Where plugins.json may lie; found in this order: `flag`, `$BRC_SYNC_PLUGINS`, `./plugins.json`, `system`, `packaged`. */
export interface PluginsFilePlaces {
  /** The value of `--plugins`. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Default: `/etc/brc-sync/plugins.json`. */
  readonly system?: string;
  /** The default set of the package, which needs no trust of its own: whoever wrote it wrote this program. */
  readonly packaged: string;
}

/** Finds and reads plugins.json. What is wrong inside is told together with what its plugins find; an unsafe or unreadable file is an error at once. */
export function readPluginsFile(places: PluginsFilePlaces): PluginsFile {
  const path = findPluginsFile(places);
  if (!isSameFile(path, places.packaged)) assertTrusted(path);
  const json = parseJsonText(readText(path));
  if (json.mistake !== null) throw syntaxError(path, json.mistake);
  const baseDirectory = dirname(path);
  return { path, baseDirectory, lineOf: json.lineOf, ...interpretPluginsFile(json.value, json.doubledKeys, baseDirectory) };
}

function findPluginsFile(places: PluginsFilePlaces): string {
  const named = [
    { value: places.flag, by: '--plugins' },
    { value: places.env.BRC_SYNC_PLUGINS, by: '$BRC_SYNC_PLUGINS' },
  ].find(({ value }) => value !== undefined && value !== '');
  const searched = named?.value === undefined ? placesToSearch(places) : [resolve(places.workingDirectory, named.value)];
  const found = searched.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new BrcSyncError('CONFIG_NOT_FOUND', {
    message: `there is no plugins file${named === undefined ? '' : ` where ${named.by} points`}: ${searched.join(', ')}`,
    remedy: 'Name one with --plugins FILE or $BRC_SYNC_PLUGINS, or put plugins.json into the current directory or /etc/brc-sync.',
    context: { searched },
  });
}

function placesToSearch(places: PluginsFilePlaces): string[] {
  return [resolve(places.workingDirectory, 'plugins.json'), places.system ?? '/etc/brc-sync/plugins.json', places.packaged];
}

function isSameFile(path: string, other: string): boolean {
  return existsSync(other) && realpathSync(path) === realpathSync(other);
}

function assertTrusted(path: string): void {
  const distrust = distrustOf(path);
  if (distrust === null) return;
  throw new BrcSyncError('CONFIG_UNSAFE', { message: distrust.what, remedy: distrust.remedy, context: { file: path } });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BrcSyncError('CONFIG_NOT_FOUND', {
      message: `the plugins file ${path} cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'}`,
      remedy: 'Check that it is a file and that the user who runs brc-sync may read it.',
      context: { file: path },
      cause: error,
    });
  }
}

function syntaxError(path: string, mistake: { line: number; column: number; what: string }): BrcSyncError {
  return new BrcSyncError('CONFIG_INVALID', {
    message: `${path}:${mistake.line}:${mistake.column}: this is not JSON: ${mistake.what} (line ${mistake.line}, column ${mistake.column})`,
    remedy: 'Correct the file there; JSON has no comments and no comma after the last item.',
    context: { file: path, line: mistake.line, column: mistake.column },
  });
}
