import { readFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import t from 'tap';
import { EXIT } from '../../src/core/exit-codes.js';
import { brcSync } from '../support/cli.js';

/** Codes and their lines, as `--help` prints them. */
function exitCodesIn(help: string): number[] {
  const [, section = ''] = help.split('EXIT CODES\n');
  return [...section.matchAll(/^ {2}(\d+) +\S/gmu)].map(([, code]) => Number(code));
}

void t.test('--help of every command says what it may end with, and all together are the codes of the README', async (t) => {
  const { commands } = await Config.load({ root: process.cwd() });
  const told = new Map<string, number[]>();
  for (const { id } of commands) {
    const { code, stdout } = await brcSync([...id.split(':'), '--help']);
    t.equal(code, 0);
    const codes = exitCodesIn(stdout);
    for (const always of [EXIT.ok, EXIT.unexpected, EXIT.usage, EXIT.interrupted, EXIT.terminated])
      t.ok(codes.includes(always), `${id}: ${always}`);
    told.set(id, codes);
  }
  t.strictSame(told.get('run:full'), Object.values(EXIT), 'run full may end with each');
  t.notOk(told.get('runs:list')?.includes(EXIT.guard));
  t.notOk(told.get('runs:list')?.includes(EXIT.unreachable));
  t.ok(told.get('verify')?.includes(EXIT.drift));
  const section = /^## Exit codes$(.*?)^## /msu.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  t.strictSame(
    [...section.matchAll(/^\| (\d+) \|/gmu)].map(([, code]) => Number(code)),
    Object.values(EXIT),
    'the README has them all',
  );
});
