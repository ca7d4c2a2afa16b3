import { BUILTIN } from '../../builtin-plugins.js';
import { loadInstances } from '../../core/plugin-loader.js';
import { readPluginsFile } from '../../core/plugins-file.js';
import { BaseCommand } from '../_base.js';
import { pluginsFilePlaces, pluginsFlag } from '../_plugins-file.js';

export default class PluginsValidate extends BaseCommand {
  static override summary = 'Check plugins.json and the configuration of every instance; all problems are told at once.';
  static override description =
    'Loads every plugin that the file names. Constructs none, reads no secret, and asks no source and no sink. Exit code 2 when something is wrong.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'Before a new file takes the place of the old:', command: '<%= config.bin %> <%= command.id %> --plugins new.json' },
  ];
  static override flags = { plugins: pluginsFlag };

  async run(): Promise<{ readonly file: string; readonly instances: readonly string[] }> {
    const { flags } = await this.parse(PluginsValidate);
    const file = readPluginsFile(pluginsFilePlaces(flags.plugins, this.config.root));
    const loaded = await loadInstances(file, BUILTIN);
    this.log(`${file.path}: ${loaded.length === 1 ? '1 instance is' : `${loaded.length} instances are`} valid.`);
    return { file: file.path, instances: loaded.map((entry) => entry.name) };
  }
}
