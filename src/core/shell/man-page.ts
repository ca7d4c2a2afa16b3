import type { ExitCode } from '../exit-codes.js';
import type { CommandShape, FlagShape } from './command-shape.js';

/** A page in the language of man(7). */
export interface ManPage {
  /** `brc-sync-run-full.1` */
  readonly file: string;
  readonly text: string;
}

const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  0: 'Done, or nothing to do; findings or not.',
  1: 'Unexpected failure.',
  2: 'Usage, configuration or input, or a capability that a plugin lacks. Nothing was done.',
  3: 'Finished, but records were skipped, accounts left out, or changes not stored.',
  4: 'Refused by the guard. Nothing was written.',
  5: 'Another run writes to the same sink.',
  6: 'Source or sink unreachable or unauthorised.',
  7: 'There are changes (--exit-code), or verify found a difference that nothing explains.',
  130: 'Interrupted (Ctrl-C).',
  143: 'Terminated (SIGTERM).',
};

const ENVIRONMENT = [
  ['BRC_SYNC_PLUGINS', 'The plugins file, unless --plugins names one.'],
  ['BRC_SYNC_STATE_DIR', 'Where runs leave their files, unless --state-dir says so.'],
  ['BRC_SYNC_LOCK_DIR', 'Where the locks of sinks lie; otherwise $XDG_RUNTIME_DIR or /run/lock.'],
  ['NO_COLOR', 'Plain output.'],
  ['COLUMNS', 'How wide tables may be where standard output is no terminal.'],
] as const;

const FILES = [
  ['./plugins.json, /etc/brc-sync/plugins.json', 'The instances of plugins and the settings of the site.'],
  ['~/.local/state/brc-sync', 'The files of runs, and what is remembered of each sink.'],
] as const;

/** One page of the program, and one of each command. */
export function manPages(
  commands: readonly CommandShape[],
  { version, description }: Readonly<Record<'version' | 'description', string>>,
): readonly ManPage[] {
  return [mainPage(commands, version, description), ...commands.map((command) => commandPage(command, version))];
}

function mainPage(commands: readonly CommandShape[], version: string, description: string): ManPage {
  const sections = [
    section('NAME', `brc\\-sync \\- ${text(lowerFirst(description))}`),
    section('SYNOPSIS', `.B brc\\-sync\n.I COMMAND\n.RI [ FLAG \\ .\\|.\\|. ]`),
    section('COMMANDS', commands.map(({ words, summary }) => item(`.B ${text(words)}`, text(summary))).join('\n')),
    section(
      'EXIT STATUS',
      Object.entries(EXIT_MEANING)
        .map(([code, meaning]) => item(`.B ${code}`, text(meaning)))
        .join('\n'),
    ),
    section('ENVIRONMENT', ENVIRONMENT.map(([name, meaning]) => item(`.B ${text(name)}`, text(meaning))).join('\n')),
    section('FILES', FILES.map(([name, meaning]) => item(`.I ${text(name)}`, text(meaning))).join('\n')),
    section('SEE ALSO', references(commands.map(pageName))),
  ];
  return { file: 'brc-sync.1', text: page('brc-sync', version, sections) };
}

function commandPage(command: CommandShape, version: string): ManPage {
  const { words, summary, description, arguments: given, flags, examples } = command;
  const synopsis = [
    `.B brc\\-sync ${text(words)}`,
    ...given.map(({ name, required }) => (required ? `.I ${text(name)}` : `.RI [ ${text(name)} ]`)),
    ...flags.filter(({ required }) => required).map((flag) => `.B ${text(flag.name)}\n.I ${text(flag.value ?? '')}`),
    '.RI [ FLAG \\ .\\|.\\|. ]',
  ];
  const shown = examples.map(
    ({ description: what, command: line }) => `${what === null ? '.PP' : `.PP\n${text(what)}`}\n.RS 4\n.EX\n${text(line)}\n.EE\n.RE`,
  );
  const sections = [
    section('NAME', `${text(pageName(command))} \\- ${text(lowerFirst(summary.split(/\.(?: |$)/)[0] ?? ''))}`),
    section('SYNOPSIS', synopsis.join('\n')),
    section('DESCRIPTION', [summary, ...(description === null ? [] : [description])].map(text).join('\n.PP\n')),
    given.length === 0 ? '' : section('ARGUMENTS', given.map(({ name, summary: what }) => item(`.I ${text(name)}`, text(what))).join('\n')),
    section('FLAGS', flags.map((flag) => item(flagTag(flag), text(flag.summary))).join('\n')),
    section('EXAMPLES', shown.join('\n')),
    section('SEE ALSO', `${references(['brc-sync'])}, which tells exit status, environment and files`),
  ];
  return { file: `${pageName(command)}.1`, text: page(pageName(command), version, sections) };
}

function page(name: string, version: string, sections: readonly string[]): string {
  const title = `.TH ${text(name.toUpperCase())} 1 "" "brc\\-sync ${text(version)}" "brc\\-sync"`;
  return `${[title, ...sections.filter((each) => each !== '')].join('\n')}\n`;
}

function section(title: string, body: string): string {
  return `.SH ${title}\n${body}`;
}

function item(tag: string, body: string): string {
  return `.TP\n${tag}\n${body}`;
}

function flagTag({ name, short, value, repeatable }: FlagShape): string {
  const names = `\\fB${text(name)}\\fR${short === null ? '' : `, \\fB${text(short)}\\fR`}`;
  const taken = value === null ? '' : ` \\fI${text(value)}\\fR`;
  return `${names}${taken}${repeatable ? ' .\\|.\\|.' : ''}`;
}

function references(names: readonly string[]): string {
  return names.map((name) => `\\fB${text(name)}\\fR(1)`).join(',\n');
}

function pageName({ words }: CommandShape): string {
  return `brc-sync-${words.replaceAll(' ', '-')}`;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** Text without meaning to troff: no escapes, no requests at the beginning of a line, letters beyond ASCII by their numbers. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\(ga')
    .replaceAll("'", '\\(aq')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')
    .replace(/[^\x20-\x7e\n]/gu, (letter) => `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
