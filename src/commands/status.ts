import { lockDirectory } from '../core/lock.js';
import { findStateDirectory } from '../core/state-directory.js';
import { readStatus } from '../core/status.js';
import { statusJson, type StatusJson } from '../core/status/status-json.js';
import { BaseCommand } from './_base.js';
import { stateDirectoryFlag } from './_state-directory.js';
import { renderStatus } from './_status-report.js';
import { terminalWidth } from './_table.js';

export default class StatusCommand extends BaseCommand {
  static override summary = 'Show how the last runs ended, what waits for a person, and what to type next.';
  static override description =
    'Reads the files of the runs; asks neither source nor sink. Exit code 0, whatever waits: --json tells it to a program.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'What to type next:', command: '<%= config.bin %> <%= command.id %> --json | jq -r .next' },
  ];
  static override flags = { 'state-dir': stateDirectoryFlag };

  async run(): Promise<StatusJson> {
    const { flags } = await this.parse(StatusCommand);
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const locks = lockDirectory(process.env, stateDirectory);
    const status = await readStatus({ stateDirectory, lockDirectory: locks, now: Math.floor(Date.now() / 1000) });
    this.log(renderStatus(status, terminalWidth()));
    return statusJson(status);
  }
}
