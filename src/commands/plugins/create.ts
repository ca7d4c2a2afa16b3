import { basename, relative, resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { scaffoldPlugin } from '../../core/scaffold.js';
import { BaseCommand } from '../_base.js';

export default class PluginsCreate extends BaseCommand {
  static override summary = 'Make the package of a new plugin, which works and tests itself.';
  static override description =
    'Writes an ES module, its tests with the conformance suites, and a plugins.json to try it with. Fetches nothing: `npm test` runs in the new folder at once.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> csv-export --kind sink',
    {
      description: 'In TypeScript, into another folder:',
      command: '<%= config.bin %> <%= command.id %> my-jobs --kind source --typescript --dir plugins/my-jobs',
    },
  ];
  static override args = { name: Args.string({ required: true, description: 'Name of the package.' }) };
  static override flags = {
    kind: Flags.option({
      options: ['source', 'sink'] as const,
      required: true,
      description: 'Whether it says what ran, or what was charged.',
    })(),
    dir: Flags.string({ description: 'Folder to make. Default: the name, in the current directory.', helpValue: 'D' }),
    typescript: Flags.boolean({ description: 'Write it in TypeScript, with its JavaScript beside it.' }),
  };

  async run(): Promise<{ readonly directory: string; readonly files: readonly string[] }> {
    const { args, flags } = await this.parse(PluginsCreate);
    const { kind, typescript } = flags;
    const directory = resolve(flags.dir ?? basename(args.name));
    const files = scaffoldPlugin({ name: args.name, kind, typescript, directory, root: this.config.root });
    this.log(`${directory} holds a ${kind} that works: ${typescript ? 'src/index.ts' : 'index.js'} is yours to change.`);
    this.log(`Next: cd ${relative('', directory) || '.'} && npm test`);
    return { directory, files };
  }
}
