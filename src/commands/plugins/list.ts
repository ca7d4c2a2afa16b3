import { BUILTIN } from '../../builtin-plugins.js';
import { loadInstances } from '../../core/plugin-loader.js';
import { readPluginsFile } from '../../core/plugins-file.js';
import { BaseCommand } from '../_base.js';
import { pluginsFilePlaces, pluginsFlag } from '../_plugins-file.js';
import { renderTable, terminalWidth } from '../_table.js';

interface ListedInstance {
  readonly name: string;
  readonly plugin: string;
  readonly kind: 'source' | 'sink';
  readonly description: string;
  /** The plugins file, absolute. */
  readonly file: string;
  /** The plugin's module, absolute; null: built in. */
  readonly module: string | null;
}

export default class PluginsList extends BaseCommand {
  static override summary = 'Show the plugin instances of plugins.json: what --source and --sink can name.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'Of another file, for a program:', command: '<%= config.bin %> <%= command.id %> --plugins mylrc.json --json' },
  ];
  static override flags = { plugins: pluginsFlag };

  async run(): Promise<{ readonly instances: readonly ListedInstance[] }> {
    const { flags } = await this.parse(PluginsList);
    const file = readPluginsFile(pluginsFilePlaces(flags.plugins, this.config.root));
    const loaded = await loadInstances(file, BUILTIN);
    const instances = loaded.map(({ name, plugin, definition, module }) => {
      return { name, plugin, kind: definition.kind, description: definition.description, file: file.path, module };
    });
    this.log(instances.length === 0 ? `${file.path} has no instances.` : tableOf(instances));
    return { instances };
  }
}

function tableOf(instances: readonly ListedInstance[]): string {
  const columns = ['NAME', 'PLUGIN', 'KIND', 'DESCRIPTION', 'FILE'].map((title) => ({ title }));
  const rows = instances.map(({ name, plugin, kind, description, file }) => [name, plugin, kind, description, file]);
  return renderTable(columns, rows, terminalWidth());
}
