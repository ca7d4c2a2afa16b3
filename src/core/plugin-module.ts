import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolve as resolveModule } from 'import-meta-resolve';
import { didYouMean } from './did-you-mean.js';
import type { ErrorCode } from './errors.js';
import { distrustOf } from './file-trust.js';
import type { PluginDefinition } from './plugin.js';
import { intrinsicsFault } from './guest/intrinsics.js';
import { offerHost } from './offer-host.js';
import { definitionFault } from './plugin-definition.js';

/** A plugin's module has so long to load. */
const LOAD_MS = 10_000;

/** The plugins that come with brc-sync: name → import, so that only what is used is loaded. */
export type Builtins = Readonly<Record<string, () => Promise<unknown>>>;

/** Why a plugin cannot be used. */
export interface PluginFault {
  readonly code: ErrorCode;
  readonly what: string;
}

export interface LoadedPlugin {
  readonly definition: PluginDefinition;
  /** Absolute path of the module; null: built in. */
  readonly module: string | null;
}

/**
 * Loads the plugin that an instance names: a built-in, an npm package, or the path of a module or of a package's folder. Packages and relative paths are looked for from the plugins file.
 * The file is checked for other users' hands before it runs; what it imports in turn is not.
 */
export async function loadPlugin(
  plugin: string,
  builtins: Builtins,
  pluginsFile: string,
  loadMs = LOAD_MS,
): Promise<LoadedPlugin | PluginFault> {
  const builtin = Object.hasOwn(builtins, plugin) ? builtins[plugin] : undefined;
  if (builtin !== undefined) return definitionFrom(builtin, null, loadMs);
  const module = locate(plugin, Object.keys(builtins), pluginsFile);
  if (typeof module !== 'string') return module;
  const distrust = distrustOf(module);
  if (distrust !== null) return { code: 'CONFIG_UNSAFE', what: `is refused: ${distrust.what}. ${distrust.remedy}` };
  offerHost(module);
  return definitionFrom(() => import(pathToFileURL(module).href) as Promise<unknown>, module, loadMs);
}

function locate(plugin: string, builtinNames: readonly string[], pluginsFile: string): string | PluginFault {
  try {
    const folder = /^[./]/.test(plugin) ? resolve(dirname(pluginsFile), plugin) : null;
    const isFolder = folder !== null && statSync(folder).isDirectory();
    const specifier = plugin.startsWith('/') ? pathToFileURL(plugin).href : plugin;
    const url = isFolder ? entryOf(folder) : resolveModule(specifier, pathToFileURL(pluginsFile).href);
    if (!url.startsWith('file:')) return { code: 'PLUGIN_NOT_FOUND', what: 'names no plugin: give a built-in, an npm package or a path' };
    const path = fileURLToPath(url);
    return statSync(path).isFile() ? path : notFound(plugin, builtinNames);
  } catch {
    return notFound(plugin, builtinNames);
  }
}

/** The module that a package means, wherever its folder lies: unpacked, checked out, or being written. */
function entryOf(folder: string): string {
  const file = join(folder, 'package.json');
  const { name, exports, main = 'index.js' } = JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
  // Within itself a package is found by its own name.
  if (name !== undefined && exports !== undefined) return resolveModule(name, pathToFileURL(file).href);
  return pathToFileURL(join(folder, main)).href;
}

interface PackageFile {
  readonly name?: string;
  readonly main?: string;
  readonly exports?: unknown;
}

function notFound(plugin: string, builtinNames: readonly string[]): PluginFault {
  if (/^[./]/.test(plugin)) {
    return {
      code: 'PLUGIN_NOT_FOUND',
      what: `names the module ${plugin}, which is not there (a file, or the folder of a package; a relative path counts from plugins.json)`,
    };
  }
  const hint =
    didYouMean(plugin, builtinNames) ||
    `; built in: ${builtinNames.join(', ') || 'none'}. A package is installed beside plugins.json: npm install ${plugin}`;
  return { code: 'PLUGIN_NOT_FOUND', what: `names "${plugin}", which is neither built in nor an installed package${hint}` };
}

async function definitionFrom(
  importModule: () => Promise<unknown>,
  module: string | null,
  loadMs: number,
): Promise<LoadedPlugin | PluginFault> {
  try {
    const definition = defaultExportOf(await inTime(importModule(), loadMs));
    const changed = intrinsicsFault();
    const fault = changed ?? definitionFault(definition);
    return fault === null ? { definition: definition as PluginDefinition, module } : { code: 'PLUGIN_INVALID', what: fault };
  } catch (error) {
    return {
      code: 'PLUGIN_INVALID',
      what: `names a module that fails when it is loaded: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** A module may wait at its top level, for ever: Node would then leave without a word. */
async function inTime(importing: Promise<unknown>, loadMs: number): Promise<unknown> {
  const done = new AbortController();
  const late = pause(loadMs, null, { signal: done.signal }).then(() => {
    throw new Error(`it is not done after ${loadMs / 1000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([importing, late]);
  } finally {
    done.abort();
  }
}

/** CommonJS that a compiler made of an ES module has its default export one level down. */
function defaultExportOf(namespace: unknown): unknown {
  const outer = memberDefault(namespace);
  return memberDefault(outer) ?? outer;
}

function memberDefault(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'default' in value ? value.default : undefined;
}
