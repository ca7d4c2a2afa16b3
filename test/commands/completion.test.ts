import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Config } from '@oclif/core';
import t, { type Test } from 'tap';
import { brcSync, quickstart } from '../support/cli.js';
import { testUnless } from '../support/test-unless.js';

const PLUGINS = {
  instances: [
    { name: 'my-files', plugin: 'fixture', config: { files: 'jobs.psv' } },
    { name: 'my-log', plugin: 'log' },
    { name: 'other-log', plugin: 'log' },
  ],
};

/** Where the program is called `brc-sync`, with a plugins file and a script of this shell. */
async function folderWith(t: Test, shell: string, file: string): Promise<string> {
  const folder = t.testdir({ 'plugins.json': JSON.stringify(PLUGINS), bin: {} });
  const { stdout } = await brcSync(['completion', shell]);
  writeFileSync(join(folder, file), stdout);
  writeFileSync(join(folder, 'bin', 'brc-sync'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/run.js')}' "$@"\n`);
  chmodSync(join(folder, 'bin', 'brc-sync'), 0o755);
  chmodSync(join(folder, 'plugins.json'), 0o600);
  return folder;
}

function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((directory) => existsSync(join(directory, program)));
}

function shellTest(shell: string, title: string, run: (t: Test) => Promise<void>): void {
  testUnless(installed(shell) ? null : `${shell} is not installed here`, title, run);
}

async function inFolder(folder: string, program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, BRC_SYNC_STATE_DIR: join(folder, 'state') };
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: folder, env });
  return stdout + stderr;
}

shellTest('bash', 'bash completes commands, flags, names of instances, runs and files', async (t) => {
  const folder = await folderWith(t, 'bash', 'completion.bash');
  const { stdout } = await quickstart('update', join(folder, 'state'), '--json');
  const { runId } = JSON.parse(stdout) as { readonly runId: string };
  mkdirSync(join(folder, 'a directory'));
  // What bash hands over when Tab is pressed behind these words.
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['ru', ['run', 'runs']],
    ['run|', ['full', 'update']],
    ['run|full|--so', ['--source']],
    ['run|full|--source|', ['my-files']],
    ['run|full|--sink|=|my', ['my-log']],
    ['run|full|--plugins|plugins.json|--sink|', ['my-log', 'other-log']],
    ['run|full|--state-dir|a', ['a directory']],
    ['run|update|--allow|closed-r', ['closed-raised', 'closed-raised-su']],
    ['run|update|--limit|', []],
    ['report|', ['last', runId]],
    ['apply|plug', ['plugins.json']],
    ['completion|', ['bash', 'zsh', 'fish']],
    ['runs|prune|--', ['--debug', '--help', '--json', '--keep', '--older-than', '--state-dir', '--yes']],
    ['nothing|', []],
  ];
  const asked = lines.map(([line]) => `ask ${['brc-sync', ...line.split('|')].map((word) => `'${word}'`).join(' ')}`);
  const script = [
    'source completion.bash',
    `complete -p brc-sync | grep -q -- '-F _brc_sync' || exit 9`,
    'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _brc_sync 2>&1; (IFS="|"; echo "${COMPREPLY[*]}"); }',
    ...asked,
  ];
  const answers = (await inFolder(folder, 'bash', ['--norc', '-c', script.join('\n')])).split('\n');
  for (const [index, [line, expected]] of lines.entries()) {
    t.same(answers[index]?.split('|').filter(Boolean).sort(), [...expected].sort(), line);
  }
});

shellTest('zsh', 'zsh takes its script', async (t) => {
  const folder = await folderWith(t, 'zsh', '_brc-sync');
  t.equal(await inFolder(folder, 'zsh', ['-f', '-n', '_brc-sync']), '');
});

shellTest('fish', 'fish completes commands, flags and names of instances', async (t) => {
  const folder = await folderWith(t, 'fish', 'brc-sync.fish');
  const ask = async (line: string): Promise<string[]> => {
    const printed = await inFolder(folder, 'fish', ['-N', '-c', `source brc-sync.fish; complete -C '${line}'`]);
    return printed
      .split('\n')
      .map((each) => each.split('\t')[0] ?? '')
      .filter((each) => each !== '');
  };
  t.same(await ask('brc-sync run '), ['full', 'update']);
  t.same(await ask('brc-sync run full --so'), ['--source']);
  t.same(await ask('brc-sync run full --sink '), ['my-log', 'other-log']);
});

void t.test('an unknown shell is a mistake of usage', async (t) => {
  t.match(await brcSync(['completion', 'csh']), { code: 2, stderr: /bash, zsh, fish/ });
});

void t.test('every command has a man page that tells every flag, and groff takes them without a warning', async (t) => {
  const folder = t.testdir();
  execFileSync(process.execPath, ['scripts/write-man-pages.mjs', folder]);
  const { commands } = await Config.load({ root: process.cwd() });
  t.same(readdirSync(folder).sort(), ['brc-sync.1', ...commands.map(({ id }) => `brc-sync-${id.replaceAll(':', '-')}.1`)].sort());
  for (const { id, flags } of commands) {
    const page = readFileSync(join(folder, `brc-sync-${id.replaceAll(':', '-')}.1`), 'utf8');
    for (const name of Object.keys(flags)) t.match(page, `\\fB\\-\\-${name.replaceAll('-', '\\-')}\\fR`);
    t.match(page, /^\.SH EXAMPLES\n/m, id);
  }
  if (!installed('groff')) return;
  t.equal(await inFolder(folder, 'groff', ['-man', '-Tutf8', '-ww', '-z', ...readdirSync(folder)]), '');
  const shown = await inFolder(folder, 'groff', ['-man', '-Tutf8', '-P-cbou', 'brc-sync-run-full.1']);
  t.match(shown, /brc-sync run full --sink NAME \[FLAG \.\.\.\]/);
});
