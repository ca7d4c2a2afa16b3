import { Args, Flags } from '@oclif/core';
import { BUILTIN } from '../../builtin-plugins.js';
import { addInstance, type Added } from '../../core/add-instance.js';
import { BrcSyncError } from '../../core/errors.js';
import { BaseCommand } from '../_base.js';
import { pluginsFilePlaces, pluginsFlag } from '../_plugins-file.js';

export default class PluginsAdd extends BaseCommand {
  static override summary = 'Add an instance of a plugin to plugins.json.';
  static override description =
    'The plugin is a module, the folder of a package (unpacked, checked out, or made by `plugins create`), an installed package, or a built-in. Fetches nothing. Everything else in the file stays as it was written; where there is no file yet, ./plugins.json is made. Without --config the keys that the plugin requires get its examples.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> ../csv-export',
    {
      description: 'A second instance of a built-in, configured:',
      command: `<%= config.bin %> <%= command.id %> log --name dry-log --config '{"file": "changes.log"}'`,
    },
  ];
  static override args = { plugin: Args.string({ required: true, description: 'Path, package or built-in.' }) };
  static override flags = {
    name: Flags.string({ description: "Name of the instance. Default: the plugin's own.", helpValue: 'NAME' }),
    config: Flags.string({ description: 'Its configuration. Secrets are references in it, too.', helpValue: 'JSON' }),
    plugins: pluginsFlag,
  };

  async run(): Promise<Added> {
    const { args, flags } = await this.parse(PluginsAdd);
    const added = await addInstance({
      plugin: args.plugin,
      name: flags.name ?? null,
      config: flags.config === undefined ? null : parseConfig(flags.config),
      places: pluginsFilePlaces(flags.plugins, this.config.root),
      builtins: BUILTIN,
    });
    const { name, plugin, kind, file, created, config } = added;
    this.log(`${file}: ${created ? 'made, ' : ''}with the ${kind} ${name} (plugin ${plugin}).`);
    if (flags.config === undefined && Object.keys(config).length > 0)
      this.log(`Look at its config, which is an example: ${JSON.stringify(config)}`);
    this.log('Next: brc-sync plugins validate --check');
    return added;
  }
}

function parseConfig(text: string): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config as Readonly<Record<string, unknown>>;
  } catch {
    // Said below: the text may hold a secret, and JSON.parse would quote it.
  }
  throw new BrcSyncError('USAGE', {
    message: '--config is no JSON object.',
    remedy: `Quote it for the shell: --config '{"key": "value"}'`,
  });
}
