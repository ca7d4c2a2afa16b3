import { byFirstWord, type CommandShape, type Completes, type FlagShape } from './command-shape.js';

/** A completion script for fish: to be saved as `brc-sync.fish` in a directory of `$fish_complete_path`. */
export function fishCompletion(commands: readonly CommandShape[]): string {
  const groups = [...byFirstWord(commands)];
  const firsts = groups.map(([first, group]) => {
    const [only] = group;
    const summary = only?.words === first ? only.summary : group.map(({ words }) => words.split(' ')[1]).join(', ');
    return `complete -c brc-sync -n '__brc_sync_at' -a ${quoted(first)} -d ${quoted(summary)}\n`;
  });
  const seconds = commands
    .filter(({ words }) => words.includes(' '))
    .map(({ words, summary }) => {
      const [first = '', second = ''] = words.split(' ');
      return `complete -c brc-sync -n '__brc_sync_at ${first}' -a ${quoted(second)} -d ${quoted(summary)}\n`;
    });
  return `# Completion of brc-sync for fish. Made by: brc-sync completion fish

# Whether exactly these words stand between the program and the cursor.
function __brc_sync_at
    set -l tokens (commandline -opc)
    test "$tokens[2..-1]" = "$argv"
end

# Whether the command is this one.
function __brc_sync_in
    set -l tokens (commandline -opc)
    set -l last (math (count $argv) + 1)
    test (count $tokens) -ge $last; and test "$tokens[2..$last]" = "$argv"
end

function __brc_sync_option
    set -l tokens (commandline -opc)
    set -l at (contains -i -- $argv[1] $tokens); and echo -- $argv[1]; and echo -- $tokens[(math $at + 1)]
end

function __brc_sync_instances
    NO_COLOR=1 COLUMNS= brc-sync plugins list (__brc_sync_option --plugins) 2>/dev/null | awk -v kind=$argv[1] 'NR > 1 && $3 == kind { print $1 }'
end

function __brc_sync_runs
    echo last
    NO_COLOR=1 COLUMNS= brc-sync runs list (__brc_sync_option --state-dir) 2>/dev/null | awk 'NR > 1 && $1 ~ /^[0-9]+T[0-9]+Z-/ { print $1 }'
end

complete -c brc-sync -f
${firsts.join('')}${seconds.join('')}${commands.map(commandLines).join('')}`;
}

function commandLines({ words, flags, arguments: [first] }: CommandShape): string {
  const condition = `complete -c brc-sync -n '__brc_sync_in ${words}'`;
  const lines = flags.map((flag) => `${condition} ${flagOptions(flag)}\n`);
  const help = `${condition} -l help -d 'Show help.'\n`;
  const argument = first === undefined ? '' : offered(first.completes);
  // A command of one word is also where its first argument stands.
  return `${lines.join('')}${help}${argument === '' ? '' : `${condition} ${argument}\n`}`;
}

function flagOptions({ name, short, summary, value, completes }: FlagShape): string {
  const names = `-l ${name.slice(2)}${short === null ? '' : ` -s ${short.slice(1)}`} -d ${quoted(summary)}`;
  return value === null ? names : `${names} -r ${offered(completes)}`.trimEnd();
}

function offered(completes: Completes): string {
  if (typeof completes !== 'string') return `-f -a ${quoted(completes.join(' '))}`;
  const options = {
    source: `-f -a '(__brc_sync_instances source)'`,
    sink: `-f -a '(__brc_sync_instances sink)'`,
    run: `-f -k -a '(__brc_sync_runs)'`,
    file: '-F',
    directory: `-f -a '(__fish_complete_directories)'`,
    nothing: '-f',
  };
  return options[completes];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
