import { setTimeout as wait } from 'node:timers/promises';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../src/commands/_base.js';
import { BrcSyncError } from '../../src/core/errors.js';

/** Not a test: a command that ends in every way a command can, run by base.test.ts as a process of its own. */
class Probe extends BaseCommand {
  static override id = 'plugins:list';
  static override flags = { do: Flags.string({ options: ['succeed', 'refuse', 'explode', 'exit', 'wait', 'hang', 'flood'] }) };

  async run(): Promise<{ readonly done: boolean }> {
    const { flags } = await this.parse(Probe);
    switch (flags.do) {
      case 'refuse':
        throw new BrcSyncError('SINK_UNREACHABLE', { message: 'no answer', remedy: 'Call somebody.', context: { instance: 'mylrc' } });
      case 'explode':
        throw new TypeError('a secret configuration');
      case 'exit':
        return this.exit(3);
      case 'wait':
        this.log('ready');
        await wait(60_000, undefined, { signal: this.signal });
        break;
      case 'hang':
        this.log('ready');
        await wait(60_000);
        break;
      case 'flood':
        for (let line = 0; line < 20_000; line += 1) this.log('a line that nobody reads');
        process.stderr.write('still here');
        break;
    }
    return { done: true };
  }
}

await Probe.run(process.argv.slice(2), { root: process.cwd() });
