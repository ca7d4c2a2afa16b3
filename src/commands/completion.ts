import { Args } from '@oclif/core';
import { bashCompletion } from '../core/shell/bash-completion.js';
import { fishCompletion } from '../core/shell/fish-completion.js';
import { zshCompletion } from '../core/shell/zsh-completion.js';
import { BaseCommand } from './_base.js';
import { commandShapes } from './_command-shapes.js';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof SHELLS;

export default class Completion extends BaseCommand {
  static override summary = 'Print a script with which a shell completes commands, flags, names of instances and ids of runs.';
  static override description =
    'Save it where the shell looks for completions; it asks brc-sync for names of instances and ids of runs while you type.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash > ~/.local/share/bash-completion/completions/brc-sync',
    { description: 'zsh, in a directory of $fpath:', command: '<%= config.bin %> <%= command.id %> zsh > ~/.zfunc/_brc-sync' },
    { description: 'fish:', command: '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/brc-sync.fish' },
  ];
  static override args = { shell: Args.string({ description: 'bash, zsh or fish.', required: true, options: Object.keys(SHELLS) }) };

  async run(): Promise<{ readonly shell: Shell; readonly script: string }> {
    const { args } = await this.parse(Completion);
    const shell = args.shell as Shell;
    const script = SHELLS[shell](commandShapes(this.config));
    this.log(script.trimEnd());
    return { shell, script };
  }
}
