import stringWidth from 'string-width';
import type { Test } from 'tap';
import { portalSite, type PortalSite } from '../support/portal-site.js';
import { NO_TERMINAL, Terminal } from '../support/terminal.js';
import { testUnless } from '../support/test-unless.js';

const FULL = ['run', 'full', '--source', 'fixture', '--sink', 'portal', '--start', '2026-11-22', '--end', '2026-11-22'];
const BAR = /Writing [=-]+ (\d+)\/12 changes, \d+\.\d\/s, \d+s left/;
const CTRL_C = '\u0003';

/** Slow enough for a bar to be drawn. */
async function site(t: Test): Promise<PortalSite & { readonly run: (columns?: number, ...flags: readonly string[]) => Terminal }> {
  const all = await portalSite(t, { latencyMs: 60 });
  const run = (columns = 80, ...flags: readonly string[]): Terminal =>
    new Terminal([...FULL, ...flags], { cwd: '.', env: all.surroundings, columns });
  return { ...all, run };
}

/** Whether the cursor can be seen, and long lines go on in the next, as before. */
function isAsBefore({ raw }: Terminal): boolean {
  const isOn = (name: string): boolean => raw.lastIndexOf(`\u001b[?${name}h`) >= raw.lastIndexOf(`\u001b[?${name}l`);
  return isOn('25') && isOn('7');
}

for (const columns of [60, 80]) {
  testUnless(
    NO_TERMINAL,
    `${columns} columns show how far the writing has come, at which rate, and the time left; then it is gone`,
    async (t) => {
      const { run } = await site(t);
      const terminal = run(columns);
      await terminal.shows(BAR);
      t.equal(await terminal.ended(), 0);
      const drawn = terminal.raw.split(/\r|\u001b\[\d+G/).filter((text) => BAR.test(text));
      const figures = drawn.map((text) => Number(BAR.exec(text)?.[1]));
      t.ok(figures.length > 1, `${figures.length} times`);
      t.strictSame(
        figures,
        figures.toSorted((one, other) => one - other),
      );
      for (const text of terminal.text.split(/(?=Writing )/).slice(1, -1)) t.ok(stringWidth(text) <= columns, text);
      t.ok(terminal.raw.includes('\u001b[?25l'), 'no cursor blinks in it');
      t.ok(isAsBefore(terminal));
      t.match(terminal.text, /Applied 12 changes/);
    },
  );
}

testUnless(NO_TERMINAL, 'a warning stands above the bar, whole, and what follows leaves it there', async (t) => {
  const { run, portal } = await site(t);
  // Staff set the usage back while it is written.
  portal.setWatcher((moment, { method }) => {
    if (moment === 'arrived' && method === 'PUT') portal.state.directory.allocation('fc_alpha').usage = 0n;
    return 'go on';
  });
  const terminal = run();
  t.equal(await terminal.ended(), 3);
  const [before = '', after = ''] = terminal.raw.split(/warn: not sent jobId='4' .*would be lost\.'\r\n/);
  t.match(before, /\u001b\[2K$/, 'on a line of its own');
  t.ok(terminal.raw.lastIndexOf('\u001b[?7l') === -1, 'the terminal breaks long lines, as always');
  t.notMatch(after, /\u001b8|\u001b\[\d*A/, 'the cursor is never put back above it');
  t.match(terminal.text, /would-clamp/);
});

testUnless(NO_TERMINAL, 'Ctrl-C, and Ctrl-C again: over at once, and the terminal is as it was', async (t) => {
  const { run, portal } = await site(t);
  const terminal = run();
  await terminal.shows(BAR);
  // The first one waits for what is under way.
  portal.setFaults({ seed: 1, rate: 1, kinds: ['hang-before'] });
  terminal.type(CTRL_C);
  await terminal.shows(/\^C/);
  terminal.type(CTRL_C);
  t.equal(await terminal.ended(), 130);
  t.ok(isAsBefore(terminal));
});

testUnless(NO_TERMINAL, 'no bar where programs read: into a pipe, and with --json', async (t) => {
  const { run, brcSync } = await site(t);
  const terminal = run(80, '--json', '--limit', '3');
  t.equal(await terminal.ended(), 0);
  t.notMatch(terminal.raw, /Writing|\u001b\[/);
  const piped = await brcSync(...FULL);
  t.equal(piped.code, 0);
  t.notMatch(piped.stdout + piped.stderr, /Writing|\u001b/);
});
