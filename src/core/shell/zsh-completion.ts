import { byFirstWord, type ArgumentShape, type CommandShape, type Completes, type FlagShape } from './command-shape.js';

/** A completion script for zsh: to be saved as `_brc-sync` in a directory of `$fpath`. */
export function zshCompletion(commands: readonly CommandShape[]): string {
  return `#compdef brc-sync
# Completion of brc-sync for zsh. Made by: brc-sync completion zsh

_brc_sync_sources() { _brc_sync_instances source "$@" }
_brc_sync_sinks() { _brc_sync_instances sink "$@" }

_brc_sync_instances() {
  local kind=$1 at=\${words[(I)--plugins]}
  shift
  local -a names options
  (( at == 0 )) || options=(--plugins "\${(Q)words[at + 1]}")
  names=(\${(f)"$(NO_COLOR=1 COLUMNS= brc-sync plugins list "\${options[@]}" 2>/dev/null | awk -v kind=$kind 'NR > 1 && $3 == kind { print $1 }')"})
  compadd "$@" -a names
}

_brc_sync_runs() {
  local at=\${words[(I)--state-dir]}
  local -a names options
  (( at == 0 )) || options=(--state-dir "\${(Q)words[at + 1]}")
  names=(last \${(f)"$(NO_COLOR=1 COLUMNS= brc-sync runs list "\${options[@]}" 2>/dev/null | awk 'NR > 1 && $1 ~ /^[0-9]+T[0-9]+Z-/ { print $1 }')"})
  compadd "$@" -a names
}

_brc_sync() {
  local -a offered
  case "\${words[2]} \${words[3]}" in
${commands
  .filter(({ words }) => words.includes(' '))
  .map(commandCase)
  .join('')}  esac
  case "\${words[2]}" in
${[...byFirstWord(commands)].map(([first, group]) => firstCase(first, group)).join('')}  esac
  (( CURRENT == 2 )) || return
  offered=(
${[...byFirstWord(commands)].map(([first, group]) => `    ${described(first, topicSummary(group))}\n`).join('')}  )
  _describe command offered
}

_brc_sync "$@"
`;
}

/** A command of two words, once the cursor is behind them. */
function commandCase({ words, flags, arguments: given }: CommandShape): string {
  return `    '${words}')
      if (( CURRENT > 3 )); then
        shift 2 words
        (( CURRENT -= 2 ))
        ${argumentsCall(flags, given)}
        return
      fi
      ;;
`;
}

function firstCase(first: string, group: readonly CommandShape[]): string {
  const [only] = group;
  if (only?.words === first) {
    return `    ${first})
      if (( CURRENT > 2 )); then
        shift words
        (( CURRENT -= 1 ))
        ${argumentsCall(only.flags, only.arguments)}
        return
      fi
      ;;
`;
  }
  const seconds = group.map(({ words, summary }) => `          ${described(words.slice(first.length + 1), summary)}\n`);
  return `    ${first})
      if (( CURRENT == 3 )); then
        offered=(
${seconds.join('')}        )
        _describe command offered
        return
      fi
      ;;
`;
}

function argumentsCall(flags: readonly FlagShape[], given: readonly ArgumentShape[]): string {
  const specs = [
    ...flags.flatMap(flagSpecs),
    `'--help[Show help.]'`,
    ...given.map(({ name, required, completes }, index) => quoted(`${index + 1}${required ? '' : ':'}:${name}:${action(completes)}`)),
  ];
  return `_arguments ${specs.join(' ')}`;
}

/** A long flag takes its value behind a space or \`=\`. */
function flagSpecs({ name, short, summary, value, completes, repeatable }: FlagShape): string[] {
  const taken = value === null ? '' : `:${value.replaceAll(/[:[\]]/g, '')}:${action(completes)}`;
  const text = `[${summary.replaceAll(/[[\]\\:]/g, '\\$&')}]${taken}`;
  const mark = repeatable ? '*' : '';
  const long = quoted(`${mark}${name}${value === null ? '' : '='}${text}`);
  return short === null ? [long] : [long, quoted(`${mark}${short}${value === null ? '' : '+'}${text}`)];
}

function action(completes: Completes): string {
  if (typeof completes !== 'string') return `(${completes.join(' ')})`;
  const actions = {
    source: '_brc_sync_sources',
    sink: '_brc_sync_sinks',
    run: '_brc_sync_runs',
    file: '_files',
    directory: '_files -/',
    nothing: ' ',
  };
  return actions[completes];
}

function topicSummary(group: readonly CommandShape[]): string {
  const [only] = group;
  if (group.length === 1 && only !== undefined && !only.words.includes(' ')) return only.summary;
  return group.map(({ words }) => words.split(' ')[1]).join(', ');
}

function described(word: string, summary: string): string {
  return quoted(`${word}:${summary.replaceAll(':', '\\:')}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
