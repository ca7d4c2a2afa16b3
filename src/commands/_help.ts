import { CommandHelp, Help, type Command } from '@oclif/core';
import { EXIT, type ExitCode } from '../core/exit-codes.js';

const MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done, or nothing to do; findings or not'],
  [EXIT.unexpected, 'unexpected failure'],
  [EXIT.usage, 'usage, configuration or input, or something that a plugin cannot do; nothing was done'],
  [EXIT.incomplete, 'finished, but something was skipped, left out or not stored'],
  [EXIT.guard, 'refused by the guard; nothing was written'],
  [EXIT.locked, 'another run writes to the same sink'],
  [EXIT.unreachable, 'source or sink unreachable or unauthorised'],
  [EXIT.drift, 'something differs: changes with --exit-code, or usage that nothing explains'],
  [EXIT.interrupted, 'interrupted'],
  [EXIT.terminated, 'terminated'],
];

/** Commands and topics that ask neither source nor sink. */
const LOCAL: ReadonlySet<string> = new Set(['runs', 'status', 'report', 'completion', 'plugins create', 'plugins list']);

/** The exit codes that a command may end with, and what they mean. */
export function exitCodesOf({ id, flags }: Pick<Command.Loadable, 'id' | 'flags'>): (readonly [ExitCode, string])[] {
  const writes = 'wait' in flags;
  const words = id.split(/[ :]/u);
  const reads = !LOCAL.has(words.join(' ')) && !LOCAL.has(words[0] ?? '');
  const has: Partial<Record<ExitCode, boolean>> = {
    [EXIT.incomplete]: writes || id === 'verify' || 'exit-code' in flags,
    [EXIT.guard]: writes,
    [EXIT.locked]: writes,
    [EXIT.unreachable]: reads,
    [EXIT.drift]: id === 'verify' || 'exit-code' in flags,
  };
  return MEANINGS.filter(([code]) => has[code] ?? true);
}

class CommandHelpWithExitCodes extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const body = exitCodesOf(this.command).map(([code, meaning]): [string, string] => [String(code), meaning]);
    return [...super.sections(), { header: 'EXIT CODES', generate: () => ({ header: 'EXIT CODES', body }) }];
  }
}

/** What oclif prints for `--help`, and what each exit code of the command means. */
export default class HelpWithExitCodes extends Help {
  protected override CommandHelpClass = CommandHelpWithExitCodes;
}
