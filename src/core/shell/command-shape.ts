/** What a shell can offer for a value: names of plugins.json, ids of runs, paths, or nothing it knows. */
export type Completes = 'source' | 'sink' | 'run' | 'file' | 'directory' | 'nothing' | readonly string[];

export interface FlagShape {
  /** With its dashes: `--start`. */
  readonly name: string;
  /** With its dash: `-s`; null: none. */
  readonly short: string | null;
  /** One line. */
  readonly summary: string;
  /** How its value is called in help, such as `FILE`; null: it takes none. */
  readonly value: string | null;
  readonly completes: Completes;
  readonly required: boolean;
  readonly repeatable: boolean;
}

export interface ArgumentShape {
  readonly name: string;
  readonly summary: string;
  readonly required: boolean;
  readonly completes: Completes;
}

/** A command as completion and man pages need it. */
export interface CommandShape {
  /** `run full` */
  readonly words: string;
  readonly summary: string;
  readonly description: string | null;
  readonly arguments: readonly ArgumentShape[];
  readonly flags: readonly FlagShape[];
  readonly examples: readonly { readonly description: string | null; readonly command: string }[];
}

/** Commands by their first word, in order: those of one word have themselves. */
export function byFirstWord(commands: readonly CommandShape[]): ReadonlyMap<string, readonly CommandShape[]> {
  const groups = new Map<string, CommandShape[]>();
  for (const command of commands) {
    const [first = ''] = command.words.split(' ');
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [command]);
    else group.push(command);
  }
  return groups;
}
