import { configError, type ConfigProblem } from './config-problem.js';
import { didYouMean } from './did-you-mean.js';
import { BrcSyncError } from './errors.js';
import type { PluginDefinition } from './plugin.js';
import { compilePluginConfig, type SchemaProblem } from './plugin-config.js';
import { loadPlugin, type Builtins, type LoadedPlugin } from './plugin-module.js';
import type { PluginsFile } from './plugins-file.js';
import type { InstanceEntry } from './plugins-file-content.js';

/** An instance whose plugin is loaded and whose configuration is valid; nothing is constructed yet. */
export interface LoadedInstance extends InstanceEntry {
  readonly definition: PluginDefinition;
  /** Absolute path of the plugin's module; null: built in. */
  readonly module: string | null;
}

/** Changes an instance's configuration before it is checked, as flags of the command line ask. */
export type AdaptConfig = (entry: InstanceEntry, definition: PluginDefinition, config: InstanceEntry['config']) => InstanceEntry['config'];

/**
 * Loads instances of a plugins file and checks their configuration: the named ones, or all. Everything that is wrong, in the file too, is one error.
 * The plugins of other instances are not loaded.
 */
export async function loadInstances(
  file: PluginsFile,
  builtins: Builtins,
  names?: readonly string[],
  adapt: AdaptConfig = (_entry, _definition, config) => config,
): Promise<LoadedInstance[]> {
  const wanted = names === undefined ? file.instances : file.instances.filter((entry) => names.includes(entry.name));
  const outcomes: (LoadedInstance | ConfigProblem[])[] = [];
  // One after the other, so that whoever changes the language itself is known by name.
  for (const entry of wanted) outcomes.push(await loadInstance(entry, builtins, file.path, adapt));
  const problems = [...file.problems, ...outcomes.flatMap((outcome) => (Array.isArray(outcome) ? outcome : []))];
  if (problems.length > 0) throw configError(file.path, problems, file.lineOf);
  for (const name of names ?? []) assertInstanceExists(name, file);
  return outcomes.flatMap((outcome) => (Array.isArray(outcome) ? [] : [outcome]));
}

async function loadInstance(
  entry: InstanceEntry,
  builtins: Builtins,
  pluginsFile: string,
  adapt: AdaptConfig,
): Promise<LoadedInstance | ConfigProblem[]> {
  const plugin = await loadPlugin(entry.plugin, builtins, pluginsFile);
  if ('code' in plugin) return [{ ...plugin, instance: entry.name, pointer: `${entry.pointer}/plugin` }];
  const config = structuredClone(adapt(entry, plugin.definition, entry.config));
  const problems = checkConfig(plugin, config, entry);
  return problems.length > 0 ? problems : { ...entry, config, definition: plugin.definition, module: plugin.module };
}

/** Fills defaults into `config`. */
function checkConfig(plugin: LoadedPlugin, config: object, entry: InstanceEntry): ConfigProblem[] {
  let check: (config: unknown) => SchemaProblem[];
  try {
    check = compilePluginConfig(plugin.definition.configSchema);
  } catch (error) {
    const what = `has a configSchema that is not valid: ${error instanceof Error ? error.message : String(error)}`;
    return [{ code: 'PLUGIN_INVALID', instance: entry.name, pointer: `${entry.pointer}/plugin`, what }];
  }
  return check(config).map((problem) => ({
    ...problem,
    code: 'CONFIG_INVALID',
    instance: entry.name,
    pointer: `${entry.pointer}/config${problem.pointer}`,
  }));
}

function assertInstanceExists(name: string, file: PluginsFile): void {
  const known = file.instances.map((entry) => entry.name);
  if (known.includes(name)) return;
  throw new BrcSyncError('USAGE', {
    message: `${file.path} has no instance "${name}"${didYouMean(name, known)}`,
    remedy: known.length === 0 ? 'Add one to the file.' : `Its instances are: ${known.join(', ')}.`,
    context: { file: file.path, instance: name },
  });
}
