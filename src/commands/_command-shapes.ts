import type { Command, Config } from '@oclif/core';
import { ALLOWABLE } from '../core/guard-limits.js';
import type { CommandShape, Completes, FlagShape } from '../core/shell/command-shape.js';

/** The commands as oclif knows them, in order, as completion and man pages need them. */
export function commandShapes(config: Config): readonly CommandShape[] {
  return config.commands
    .filter(({ hidden }) => !hidden)
    .map((command) => shapeOf(command, config.bin))
    .sort((a, b) => (a.words < b.words ? -1 : 1));
}

function shapeOf({ id, summary, description, args, flags, examples }: Command.Loadable, bin: string): CommandShape {
  const words = id.replaceAll(':', ' ');
  const filled = (text: string): string => text.replaceAll('<%= config.bin %>', bin).replaceAll('<%= command.id %>', words);
  return {
    words,
    summary: summary ?? '',
    description: description ?? null,
    arguments: Object.values(args).map((argument) => ({
      name: argument.name.toUpperCase(),
      summary: argument.description ?? '',
      required: argument.required === true,
      completes: argument.options ?? ({ run: 'run', plan: 'file' } as const)[argument.name] ?? 'nothing',
    })),
    flags: Object.values(flags)
      .map(flagShape)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    examples: (examples ?? []).map((example) =>
      typeof example === 'string'
        ? { description: null, command: filled(example) }
        : { description: example.description, command: filled(example.command) },
    ),
  };
}

function flagShape(flag: Command.Flag.Cached): FlagShape {
  const takes = flag.type === 'option';
  const value = takes && typeof flag.helpValue === 'string' ? flag.helpValue : 'VALUE';
  return {
    name: `--${flag.name}`,
    short: flag.char === undefined ? null : `-${flag.char}`,
    summary: flag.summary ?? flag.description ?? '',
    value: takes ? value : null,
    completes: takes ? completesOf(flag.name, value, flag.options) : 'nothing',
    required: flag.required === true,
    repeatable: takes && flag.multiple === true,
  };
}

function completesOf(name: string, value: string, options: readonly string[] | undefined): Completes {
  if (options !== undefined) return options;
  if (name === 'source' || name === 'sink') return name;
  if (name === 'allow') return Object.keys(ALLOWABLE);
  return ({ FILE: 'file', DIR: 'directory' } as const)[value] ?? 'nothing';
}
