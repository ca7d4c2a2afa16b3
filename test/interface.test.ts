import { readFileSync, writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import t from 'tap';
import { brcSync, quickstart } from './support/cli.js';

/** A flag, a command or a key of `--json` that comes, goes or changes is a change of this file, never an accident. `npx tap --snapshot` writes it. */
const COMMITTED = 'test/fixtures/interface.json';

void t.test(`commands, flags and the keys of --json are those of ${COMMITTED}`, async (t) => {
  const found = { commands: await commandsAndFlags(), json: await jsonKeys(t.testdir()) };
  if (process.env.TAP_SNAPSHOT === '1') writeFileSync(COMMITTED, `${JSON.stringify(found, null, 2)}\n`);
  t.same(found, JSON.parse(readFileSync(COMMITTED, 'utf8')));
});

async function commandsAndFlags(): Promise<object> {
  const config = await Config.load({ root: process.cwd() });
  const commands = config.commands.map(({ id, args, flags }) => {
    const described = Object.values(flags).map((flag) => {
      const { name, char, type, required = false } = flag;
      const multiple = 'multiple' in flag && flag.multiple;
      return [
        name,
        [char === undefined ? type : `${type} -${char}`, required ? 'required' : '', multiple ? 'repeatable' : '']
          .filter(Boolean)
          .join(', '),
      ];
    });
    return [id.replaceAll(':', ' '), { arguments: Object.keys(args), flags: Object.fromEntries(described.sort()) as unknown }];
  });
  return Object.fromEntries(commands.sort()) as object;
}

async function jsonKeys(stateDirectory: string): Promise<object> {
  const printed = {
    'run update': await quickstart('update', stateDirectory, '--json'),
    'run full --dry-run': await quickstart('full', stateDirectory, '--dry-run', '--json'),
    explain: await brcSync(['explain', '29', '--source', 'fixture', '--sink', 'log', '--state-dir', stateDirectory, '--json']),
    'plugins list': await brcSync(['plugins', 'list', '--json']),
    'plugins validate': await brcSync(['plugins', 'validate', '--json']),
    'runs list': await brcSync(['runs', 'list', '--state-dir', stateDirectory, '--json']),
    doctor: await brcSync(['doctor', '--sink', 'log', '--state-dir', stateDirectory, '--json']),
    status: await brcSync(['status', '--state-dir', stateDirectory, '--json']),
    report: await brcSync(['report', '--state-dir', stateDirectory, '--json']),
    'runs prune': await brcSync(['runs', 'prune', '--keep', '1', '--state-dir', stateDirectory, '--json']),
    'an error': await brcSync(['run', 'update', '--source', 'none', '--sink', 'log', '--state-dir', stateDirectory, '--json']),
  };
  return Object.fromEntries(Object.entries(printed).map(([title, { stdout }]) => [title, keysOf(JSON.parse(stdout))]));
}

/** Keys and types; of an array those of its first item. */
function keysOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.slice(0, 1).map(keysOf);
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]));
}
