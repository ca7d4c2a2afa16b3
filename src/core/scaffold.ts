import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve as resolveModule } from 'import-meta-resolve';
import { BrcSyncError } from './errors.js';

export interface ScaffoldRequest {
  /** Name of the npm package to be, with or without a scope. */
  readonly name: string;
  readonly kind: 'source' | 'sink';
  readonly typescript: boolean;
  /** Folder to make, absolute. */
  readonly directory: string;
  /** Folder of the installed brc-sync. */
  readonly root: string;
}

/** Stands for the name in the templates. */
const PLACEHOLDER = 'plugin-name';
const PACKAGE_NAME = /^(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;

/**
 * Makes the package of a plugin that works and tests itself; a folder that is there already must be empty. Where the folder does not find brc-sync
 * by itself, it is linked into its node_modules: nothing is fetched.
 *
 * @returns the files, relative to the folder
 * @throws BrcSyncError USAGE
 */
export function scaffoldPlugin({ name, kind, typescript, directory, root }: ScaffoldRequest): string[] {
  if (!PACKAGE_NAME.test(name)) throw badName(name);
  if (existsSync(directory) && readdirSync(directory).length > 0) throw notEmpty(directory);
  const language = typescript ? '-typescript' : '';
  mkdirSync(directory, { recursive: true });
  for (const template of [`common${language}`, `${kind}${language}`])
    cpSync(join(root, 'templates', template), directory, { recursive: true });
  // npm leaves .gitignore out of packages.
  renameSync(join(directory, 'gitignore'), join(directory, '.gitignore'));
  const files = filesIn(directory);
  for (const file of files) nameIn(join(directory, file), name);
  // What is built already must not look older than its source.
  for (const file of files.filter((each) => each.startsWith('dist/'))) utimesSync(join(directory, file), new Date(), new Date());
  linkHost(directory, root);
  return files;
}

function filesIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true }).map(String);
  return names.filter((name) => statSync(join(directory, name)).isFile()).sort();
}

/** The package has the whole name; the plugin and its instance have it without a scope. */
function nameIn(file: string, name: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(PLACEHOLDER)) return;
  const shown = basename(file) === 'package.json' ? name : name.replace(/^@.*\//, '');
  writeFileSync(file, text.replaceAll(PLACEHOLDER, shown));
}

function linkHost(directory: string, root: string): void {
  if (hostSeenFrom(directory) === realpathSync(root)) return;
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  symlinkSync(root, join(directory, 'node_modules', 'brc-sync'), 'dir');
}

function hostSeenFrom(directory: string): string | null {
  try {
    const url = resolveModule('brc-sync/package.json', pathToFileURL(join(directory, 'package.json')).href);
    return realpathSync(dirname(fileURLToPath(url)));
  } catch {
    return null;
  }
}

function badName(name: string): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `${JSON.stringify(name)} cannot be the name of an npm package.`,
    remedy: 'Use small letters, digits, dots and dashes, such as brc-sync-parquet or @site/sink-csv.',
  });
}

function notEmpty(directory: string): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `${directory} is there already, and not empty.`,
    remedy: 'Give another name, or a folder that is not there with --dir.',
  });
}
