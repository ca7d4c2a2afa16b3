import { existsSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve as resolveModule } from 'import-meta-resolve';
import jsonc from 'jsonc-parser';
import { configError } from './config-problem.js';
import { BrcSyncError } from './errors.js';
import { compilePluginConfig } from './plugin-config.js';
import { loadPlugin, type Builtins, type PluginFault } from './plugin-module.js';
import { readPluginsFile, type PluginsFile, type PluginsFilePlaces } from './plugins-file.js';
import { exampleOf } from './schema-example.js';

export interface AddRequest {
  /** Path of a module or of a package's folder, name of an installed package, or a built-in. A relative path counts from `workingDirectory`. */
  readonly plugin: string;
  /** Of the instance; null: the plugin's own. */
  readonly name: string | null;
  /** Null: what the plugin's schema requires, with its examples. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly places: PluginsFilePlaces;
  readonly builtins: Builtins;
}

export interface Added {
  /** The plugins file. */
  readonly file: string;
  readonly created: boolean;
  readonly name: string;
  /** As the file names it. */
  readonly plugin: string;
  readonly kind: 'source' | 'sink';
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Adds an instance to plugins.json, or makes one in the current directory where there is only that of the package. The rest of the file stays as
 * it was written; a file that would not be valid is never written.
 *
 * @throws BrcSyncError what is wrong with the plugin, its configuration, the name or the file; OUTPUT_FAILED
 */
export async function addInstance(request: AddRequest): Promise<Added> {
  const { places, builtins } = request;
  const found = readPluginsFile(places);
  if (found.problems.length > 0) throw configError(found.path, found.problems, found.lineOf);
  const created = isPackaged(found, places);
  const file = created ? join(places.workingDirectory, 'plugins.json') : realpathSync(found.path);
  const plugin = specifierOf(request.plugin, places.workingDirectory, dirname(file), builtins);
  const loaded = await loadPlugin(plugin, builtins, file);
  if ('code' in loaded) throw unusable(request.plugin, loaded);
  const { definition } = loaded;
  const name = request.name ?? definition.name;
  if (!created && found.instances.some((entry) => entry.name === name)) throw taken(name, file);
  const config = request.config ?? startingConfig(definition.configSchema);
  assertConfig(definition.configSchema, config, name);
  const entry = { name, plugin, ...(Object.keys(config).length > 0 && { config }) };
  const text = created ? emptyFile(dirname(file)) : readFileSync(file, 'utf8');
  write(file, withInstance(text, entry));
  return { file, created, name, plugin, kind: definition.kind, config };
}

function isPackaged({ path }: PluginsFile, { packaged }: PluginsFilePlaces): boolean {
  return existsSync(packaged) && realpathSync(path) === realpathSync(packaged);
}

/** What lies on this machine is named by its path from the file, so that both can move together. */
function specifierOf(plugin: string, workingDirectory: string, base: string, builtins: Builtins): string {
  const path = resolve(workingDirectory, plugin);
  if (Object.hasOwn(builtins, plugin) || !existsSync(path)) return plugin;
  if (/\.(?:tgz|tar\.gz)$/.test(path)) throw packed(path);
  const below = relative(base, path);
  return below.startsWith('..') ? below : `./${below}`;
}

/** Every required key with its example, so that the file shows what there is to fill in. */
function startingConfig(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const example: unknown = exampleOf({ type: 'object', ...schema });
  return typeof example === 'object' && example !== null ? (example as Readonly<Record<string, unknown>>) : {};
}

function assertConfig(schema: Readonly<Record<string, unknown>>, config: object, name: string): void {
  const problems = compilePluginConfig(schema)(structuredClone(config));
  if (problems.length === 0) return;
  throw new BrcSyncError('CONFIG_INVALID', {
    message: `the configuration of "${name}" is not valid: ${problems.map(({ pointer, what }) => `${pointer} ${what}`).join('; ')}`,
    remedy: 'Give the whole of it with --config; nothing was written.',
  });
}

function emptyFile(directory: string): string {
  return `${JSON.stringify({ $schema: schemaSeenFrom(directory), instances: [] }, null, 2)}\n`;
}

/** The text with one instance more, in a line of its own below the last; nothing else of it moves. */
function withInstance(text: string, entry: object): string {
  const root = jsonc.parseTree(text);
  const list = root && jsonc.findNodeAtLocation(root, ['instances']);
  if (list === undefined) throw new Error('a valid plugins file has instances');
  const line = inOneLine(entry);
  const last = list.children?.at(-1);
  if (last === undefined) return `${text.slice(0, list.offset)}[\n    ${line}\n  ]${text.slice(list.offset + list.length)}`;
  const at = last.offset + last.length;
  const lineOfLast = text.slice(text.lastIndexOf('\n', last.offset) + 1);
  const indent = /^[ \t]*/.exec(lineOfLast)?.[0] ?? '';
  return `${text.slice(0, at)},\n${indent}${line}${text.slice(at)}`;
}

/** With a space where people put one. */
function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inOneLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** For editors: beside an installed brc-sync by a relative path, else by its address on this machine. */
function schemaSeenFrom(directory: string): string {
  const name = 'schemas/plugins.schema.json';
  try {
    resolveModule(`brc-sync/${name}`, pathToFileURL(join(directory, 'plugins.json')).href);
    if (existsSync(join(directory, 'node_modules', 'brc-sync'))) return `./node_modules/brc-sync/${name}`;
  } catch {
    // Not installed here.
  }
  return pathToFileURL(fileURLToPath(new URL(`../../${name}`, import.meta.url))).href;
}

/** The file is the old or the new one, whatever happens. */
function write(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, text, { mode: existsSync(file) ? statSync(file).mode & 0o777 : 0o644, flush: true });
    renameSync(draft, file);
  } catch (error) {
    throw new BrcSyncError('OUTPUT_FAILED', {
      message: `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'See to the rights of the file and its directory, or name another file with --plugins.',
      cause: error,
    });
  }
}

function unusable(plugin: string, { code, what }: PluginFault): BrcSyncError {
  return new BrcSyncError(code, { message: `${plugin} ${what}`, remedy: 'Nothing was written.', context: { plugin } });
}

function taken(name: string, file: string): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `${file} has an instance "${name}" already.`,
    remedy: 'Give the new one another name with --name.',
    context: { file, instance: name },
  });
}

function packed(path: string): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `${path} is a packed package.`,
    remedy: `Unpack it and add its folder: tar -xzf ${path} && brc-sync plugins add package`,
  });
}
