import { BUILTIN } from '../../builtin-plugins.js';
import { capabilitiesOf } from '../../core/capabilities.js';
import type { TriedInstance } from '../../core/container.js';
import { originOf } from '../../core/plugin-origin.js';
import { BaseCommand } from '../_base.js';
import { withPlugins } from '../_open-plugins.js';
import { pluginsFilePlaces, pluginsFlag } from '../_plugins-file.js';
import { renderTable, terminalWidth } from '../_table.js';

interface ListedInstance {
  readonly name: string;
  readonly plugin: string;
  readonly kind: 'source' | 'sink';
  /** Of the plugin's package; null: it belongs to none. */
  readonly version: string | null;
  /** `built in`, `package NAME`, or the path of its module. */
  readonly origin: string;
  /** The optional methods that it has; null where it cannot be made. */
  readonly capabilities: readonly string[] | null;
  /** Why it cannot be made. */
  readonly problem: string | null;
  readonly description: string;
  /** The plugins file, absolute. */
  readonly file: string;
  /** The plugin's module, absolute; null: built in. */
  readonly module: string | null;
}

export default class PluginsList extends BaseCommand {
  static override summary = 'Show the plugin instances of plugins.json: what --source and --sink can name.';
  static override description =
    'Makes each instance to see what it can do, reads no secret, and asks no source and no sink. Below stand the built-in plugins without an instance.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'Of another file, for a program:', command: '<%= config.bin %> <%= command.id %> --plugins mylrc.json --json' },
  ];
  static override flags = { plugins: pluginsFlag };

  async run(): Promise<{ readonly instances: readonly ListedInstance[]; readonly builtIn: readonly string[] }> {
    const { flags } = await this.parse(PluginsList);
    const places = pluginsFilePlaces(flags.plugins, this.config.root);
    return withPlugins({ places, signal: this.signal, debug: flags.debug }, async ({ pluginsFile, instances: tried }) => {
      const instances = tried.map((each) => listed(each, pluginsFile));
      const builtIn = Object.keys(BUILTIN);
      const unused = builtIn.filter((name) => !instances.some(({ plugin }) => plugin === name));
      this.log(instances.length === 0 ? `${pluginsFile} has no instances.` : `${tableOf(instances)}\n\nInstances of ${pluginsFile}.`);
      if (unused.length > 0) this.log(`Built in, without an instance: ${unused.join(', ')}.`);
      return Promise.resolve({ instances, builtIn });
    });
  }
}

function listed(tried: TriedInstance, file: string): ListedInstance {
  const { name, plugin, definition, module } = tried.entry;
  return {
    name,
    plugin,
    kind: definition.kind,
    ...originOf(module),
    capabilities: 'instance' in tried ? capabilitiesOf(tried.instance) : null,
    problem: 'problem' in tried ? tried.problem.message : null,
    description: definition.description,
    file,
    module,
  };
}

function tableOf(instances: readonly ListedInstance[]): string {
  const columns = ['NAME', 'PLUGIN', 'KIND', 'VERSION', 'ORIGIN', 'CAPABILITIES', 'DESCRIPTION'].map((title) => ({ title }));
  const rows = instances.map(({ name, plugin, kind, version, origin, capabilities, problem, description }) => [
    name,
    plugin,
    kind,
    version ?? '-',
    origin,
    capabilities === null ? `cannot be made: ${problem ?? ''}` : capabilities.join(' ') || '-',
    description,
  ]);
  return renderTable(columns, rows, terminalWidth());
}
