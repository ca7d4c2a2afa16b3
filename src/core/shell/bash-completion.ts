import { byFirstWord, type CommandShape, type Completes } from './command-shape.js';

/** A completion script for bash that needs no library. Names are asked of brc-sync itself, with the --plugins and --state-dir that stand on the line. */
export function bashCompletion(commands: readonly CommandShape[]): string {
  return `# Completion of brc-sync for bash. Made by: brc-sync completion bash

_brc_sync_words() {
  case $1 in
    '') echo '${[...byFirstWord(commands).keys()].join(' ')}' ;;
${[...byFirstWord(commands)].flatMap(([first, group]) => wordsCase(first, group)).join('')}  esac
}

_brc_sync_flags() {
  case $1 in
${commands.map(({ words, flags }) => `    '${words}') echo '${flags.map(({ name }) => name).join(' ')} --help' ;;\n`).join('')}  esac
}

# What the value of a flag is: _brc_sync_value COMMAND FLAG
_brc_sync_value() {
  case "$1 $2" in
${valueCases(commands)}  esac
}

_brc_sync_argument() {
  case $1 in
${commands.map(({ words, arguments: [first] }) => (first === undefined ? '' : `    '${words}') echo ${shellKind(first.completes)} ;;\n`)).join('')}  esac
}

_brc_sync_names() {
  local word taken='' options=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word != = ]] || continue
    [[ -z $taken ]] || options+=("$taken" "$word")
    case $word in --plugins | --state-dir) taken=$word ;; *) taken='' ;; esac
  done
  local plugins=() state=() index
  for ((index = 0; index < \${#options[@]}; index += 2)); do
    case \${options[index]} in
      --plugins) plugins=(--plugins "\${options[index + 1]}") ;;
      --state-dir) state=(--state-dir "\${options[index + 1]}") ;;
    esac
  done
  case $1 in
    run) echo last && NO_COLOR=1 COLUMNS= "\${COMP_WORDS[0]}" runs list "\${state[@]}" 2>/dev/null | awk 'NR > 1 && $1 ~ /^[0-9]+T[0-9]+Z-/ { print $1 }' ;;
    *) NO_COLOR=1 COLUMNS= "\${COMP_WORDS[0]}" plugins list "\${plugins[@]}" 2>/dev/null | awk -v kind="$1" 'NR > 1 && $3 == kind { print $1 }' ;;
  esac
}

# Nothing is expanded: what is offered is compared as text.
_brc_sync_offer() {
  local word
  while IFS= read -r word; do
    [[ $word != "$1"* ]] || COMPREPLY+=("$word")
  done
}

_brc_sync_offer_kind() {
  case $1 in
    source | sink | run) _brc_sync_offer "$2" < <(_brc_sync_names "$1") ;;
    file) compopt -o filenames 2>/dev/null; _brc_sync_offer "$2" < <(compgen -f -- "$2") ;;
    directory) compopt -o filenames 2>/dev/null; _brc_sync_offer "$2" < <(compgen -d -- "$2") ;;
    words:*) _brc_sync_offer "$2" < <(tr , '\\n' <<<"\${1#words:}") ;;
  esac
}

_brc_sync() {
  COMPREPLY=()
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command='' index=1 next kind
  while ((index < COMP_CWORD)); do
    next="\${command:+$command }\${COMP_WORDS[index]}"
    [[ -n $(_brc_sync_words "$next")$(_brc_sync_flags "$next") ]] || break
    command=$next
    ((index += 1))
  done
  # bash splits --flag=value into three words.
  if [[ $current == = ]]; then current='' before=\${COMP_WORDS[COMP_CWORD - 1]}
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  kind=$(_brc_sync_value "$command" "$before")
  if [[ -n $kind ]]; then
    _brc_sync_offer_kind "$kind" "$current"
  elif [[ $current == -* ]]; then
    _brc_sync_offer "$current" < <(_brc_sync_flags "$command" | tr ' ' '\\n')
  elif ((index == COMP_CWORD)) && [[ -n $(_brc_sync_words "$command") ]]; then
    _brc_sync_offer "$current" < <(_brc_sync_words "$command" | tr ' ' '\\n')
  else
    _brc_sync_offer_kind "$(_brc_sync_argument "$command")" "$current"
  fi
}

complete -F _brc_sync brc-sync
`;
}

function wordsCase(first: string, group: readonly CommandShape[]): string[] {
  const seconds = group.map(({ words }) => words.split(' ').slice(1).join(' ')).filter((word) => word !== '');
  return seconds.length === 0 ? [] : [`    '${first}') echo '${seconds.join(' ')}' ;;\n`];
}

/** One line for each kind, with every command and flag of it. */
function valueCases(commands: readonly CommandShape[]): string {
  const kinds = new Map<string, string[]>();
  for (const { words, flags } of commands) {
    for (const { name, short, value, completes } of flags) {
      if (value === null) continue;
      const kind = shellKind(completes);
      const patterns = [name, ...(short === null ? [] : [short])].map((flag) => `'${words} ${flag}'`);
      kinds.set(kind, [...(kinds.get(kind) ?? []), ...patterns]);
    }
  }
  return [...kinds].map(([kind, patterns]) => `    ${patterns.join(' | ')}) echo '${kind}' ;;\n`).join('');
}

function shellKind(completes: Completes): string {
  return typeof completes === 'string' ? completes : `words:${completes.join(',')}`;
}
