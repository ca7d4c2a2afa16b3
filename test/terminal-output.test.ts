import { join } from 'node:path';
import stringWidth from 'string-width';
import t, { type Test } from 'tap';
import { brcSync, type Ended } from './support/cli.js';
import { runsSite } from './support/runs-site.js';
import { NO_TERMINAL, Terminal } from './support/terminal.js';
import { testUnless } from './support/test-unless.js';

/** Words up to this length are never broken. */
const WHOLE = 26;
const TO_COPY = /^\s*(?:(?:→|->|\$|Next:) )?(?:brc-sync |"prices": )/;

type Show = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;

interface Site {
  readonly show: Show;
  readonly env: Readonly<Record<string, string>>;
  /** Each reads, or plans only: the same again and again. */
  readonly commands: readonly (readonly string[])[];
}

/** A portal that a run has written to, one run that the guard refused, and a finding of every sort. */
async function site(t: Test): Promise<Site> {
  const { folder, state, run } = await runsSite(t, { changes: 8 });
  await run('update');
  await run('full');
  const env = { BRC_SYNC_PLUGINS: join(folder, 'plugins.json'), BRC_SYNC_STATE_DIR: state, BRC_SYNC_LOCK_DIR: join(folder, 'locks') };
  const names = ['--source', 'fixture', '--sink', 'portal'];
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  const show: Show = (args, more = {}) => brcSync(args, '.', { ...env, ...more });
  const planned = ['run', 'full', ...names, ...period, '--dry-run', '--all-findings', '--state-dir', join(folder, 'other')];
  const commands = [
    ['doctor'],
    ['status'],
    planned,
    ['runs', 'list'],
    ['runs', 'show', 'last'],
    ['verify', '--sink', 'portal'],
    ['explain', '29', ...names],
  ];
  return { show, env, commands };
}

/** Lines that a terminal of this width would break: all but what is to be copied, and words that are longer than the line. */
function tooWide(text: string, width: number): string[] {
  return text.split('\n').filter((line) => {
    const words = line.trim().split(/\s+/);
    return stringWidth(line) > width && !TO_COPY.test(line) && !(words.length <= 2 && words.some((word) => stringWidth(word) > width - 12));
  });
}

/** Without what is another thing each time: times, ids and files of the dry run that shows them. */
function wordsOf(text: string): Set<string> {
  const volatile = /^\(?\d{4}-\d\d-\d\d|^\d\d:\d\d:\d\d|\d{8}T\d{9}Z|^\d+,\d+$/;
  return new Set(text.split(/\s+/).filter((word) => word.length <= WHOLE && !volatile.test(word)));
}

void t.test('at 60, 80 and 200 columns nothing is broken badly, and nothing is lost', async (t) => {
  const { show, commands } = await site(t);
  for (const command of commands) {
    const title = command.slice(0, 2).join(' ');
    const whole = (await show(command, { COLUMNS: '' })).stdout;
    t.ok(whole.length > 50, title);
    for (const width of [60, 80, 200]) {
      const { stdout } = await show(command, { COLUMNS: String(width) });
      t.same(tooWide(stdout, width), [], `${title} at ${width}`);
      const found = wordsOf(stdout);
      t.same(
        [...wordsOf(whole)].filter((word) => !found.has(word)),
        [],
        `${title} at ${width}: every word is there`,
      );
    }
    const ascii = (await show(command, { COLUMNS: '60', LC_ALL: 'C' })).stdout;
    t.same(tooWide(ascii, 60), [], `${title} at 60 in the locale C`);
    t.same([...new Set(ascii.match(/[^\n -~]/g) ?? [])], [], `${title}: the locale C can show it`);
  }
});

void t.test('into a pipe each row is one line', async (t) => {
  const { show } = await site(t);
  const { stdout } = await show(['runs', 'list'], { COLUMNS: '' });
  t.match(stdout, /^RUN +WHEN +COMMAND .*\n\d{8}T\S+ +.* run full +.*\n\d{8}T\S+ +.* run update +.*\n$/);
});

testUnless(NO_TERMINAL, 'at a terminal, in colour, the words and lines are the same', async (t) => {
  const { show, env } = await site(t);
  for (const [args, columns] of [
    [['runs', 'list'], 60],
    [['status'], 80],
    [['runs', 'show', 'last'], 60],
  ] as const) {
    const terminal = new Terminal(args, { cwd: '.', env, columns });
    t.equal(await terminal.ended(), 0);
    const plain = (await show(args, { COLUMNS: String(columns) })).stdout;
    t.same(trimmed(terminal.text), trimmed(plain), args.join(' '));
    t.ok(terminal.raw.includes('\u001b['), 'in colour');
  }
});

function trimmed(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}
