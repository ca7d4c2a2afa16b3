import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { PORTAL_TOKEN } from '../support/portal-site.js';
import { scriptFolder, type ScriptFolder } from '../support/script-folder.js';
import { NO_TERMINAL } from '../support/terminal.js';
import { testUnless } from '../support/test-unless.js';

// With nothing but a token file and a price file in the directory, each command does what its script did.

const PERIOD = ['-s', '2026-11-22', '-e', '2026-11-22'];
const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d (?:INFO    |WARNING ) \S/;

function writes({ portal }: ScriptFolder): number {
  return portal.requests.filter(({ method }) => method === 'PUT').length;
}

/** Every file below a folder, as one text, but for those of these names. */
function everythingIn(folder: string, except: readonly string[]): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !except.includes(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const SCRIPTS = [
  {
    tokenFile: 'filter_auth.conf',
    words: 'run update --sink mybrc',
    log: 'updated_jobs.log',
    debugLog: 'updated_jobs.log',
    word: 'UPDATED',
    changes: 7,
  },
  {
    tokenFile: 'update_jobs_coldfront.conf',
    words: 'run update --sink coldfront',
    log: 'update_jobs_coldfront.log',
    debugLog: 'update_jobs_coldfront_debug.log',
    word: 'UPDATED',
    changes: 7,
  },
  {
    tokenFile: 'full_sync_coldfront.conf',
    words: 'run full --sink coldfront',
    log: 'full_sync_coldfront.log',
    debugLog: 'full_sync_coldfront_debug.log',
    word: 'PUSHED/UPDATED',
    changes: 12,
  },
] as const;

for (const { tokenFile, words, log, debugLog, word, changes } of SCRIPTS) {
  void t.test(`${words} in the folder of ${tokenFile}`, async (t) => {
    // Both forms that the scripts took; readable by everybody, as they lay there.
    const site = await scriptFolder(t, tokenFile, word === 'UPDATED' ? `Token ${PORTAL_TOKEN}\n` : PORTAL_TOKEN, 0o644);
    const { folder, portal, slurm } = site;
    const command = [...words.split(' '), ...PERIOD, '--target', words.includes('mybrc') ? portal.legacyUrl : portal.baseUrl];
    const told: string[] = [];

    const debug = await site.brcSync(...command, '--debug');
    t.equal(debug.code, 0, debug.stderr);
    t.equal(writes(site), 0, '--debug sends nothing');
    const collected = readFileSync(join(folder, debugLog), 'utf8').trim().split('\n');
    t.equal(collected.filter((line) => line.includes(' COLLECTED : {')).length, changes);
    told.push(debug.stdout, debug.stderr);

    const run = await site.brcSync(...command);
    t.equal(run.code, 0, run.stderr);
    t.match(run.stdout, new RegExp(`^Applied ${changes} changes`, 'm'));
    t.equal(writes(site), changes);
    t.match(run.stderr, new RegExp(`${tokenFile} is readable by every user .*: chmod 600 .*/${tokenFile}$`, 'm'));
    told.push(run.stdout, run.stderr);

    chmodSync(join(folder, tokenFile), 0o600);
    const again = await site.freshBrcSync(...command, '--json');
    t.equal(again.code, 0, again.stderr);
    t.equal(again.stderr, '', 'closed, and with --json, nothing is left to be warned of');
    told.push(again.stdout, again.stderr);

    const lines = readFileSync(join(folder, log), 'utf8').trim().split('\n');
    for (const line of [...lines, ...collected]) t.match(line, LINE);
    t.equal(lines.filter((line) => line.includes('starting run, using endpoint http://127.0.0.1:')).length, log === debugLog ? 3 : 2);
    const written = lines.filter((line) => line.includes(` ${word} : {'jobslurmid': '`));
    t.equal(written.length, changes, 'one line for every record that was written, and appended');
    const closed = written.find((line) => line.includes(` 4 ${word} : `)) ?? '';
    if (words.includes('update'))
      t.match(closed, /'amount': '0\.04', .* BEFORE : \{.*'enddate': None, .*'amount': '48\.00', 'jobstatus': 'RUNNING'/);
    if (words.includes('full'))
      t.ok(
        written.some((line) => line.endsWith(' BEFORE : None')),
        'a new record had none',
      );
    t.match(lines.at(-1), /run complete, pushed\/updated 0 jobs\.$/);

    const left = everythingIn(join(folder, '..'), [tokenFile]);
    t.ok(left.includes('"status":"applied"'), 'journal and run log are among it');
    for (const text of [left, ...told]) t.notOk(text.includes(PORTAL_TOKEN));
    t.match(slurm.read('processes'), ` ${words} `, 'the process list was looked at, and is among it, too');
  });
}

testUnless(NO_TERMINAL, 'on a terminal each command does what its script did', async (t) => {
  for (const { tokenFile, words, log, changes } of SCRIPTS) {
    const { folder, portal, environment } = await scriptFolder(t, tokenFile, PORTAL_TOKEN);
    const target = words.includes('mybrc') ? portal.legacyUrl : portal.baseUrl;
    const line = ['stty cols 150;', 'exec', process.execPath, resolve('bin/run.js'), words, ...PERIOD, '--target', target].join(' ');
    const env = { ...process.env, ...environment };
    const { stdout } = await promisify(execFile)('script', ['-qec', line, '/dev/null'], { cwd: folder, env });
    t.match(stdout, new RegExp(`${changes}/${changes} changes`), 'a bar that moved');
    t.match(stdout, new RegExp(`^Applied ${changes} changes`, 'm'));
    t.equal(stdout.includes('The sink mybrc is deprecated'), words.includes('mybrc'));
    t.match(readFileSync(join(folder, log), 'utf8'), new RegExp(`run complete, pushed/updated ${changes} jobs\\.`));
    t.same(readdirSync(folder).sort(), [tokenFile, 'bank-config.toml', log].sort(), 'nothing else is left there');
  }
});

void t.test('what the old database lacks is said for what it is, with its token file, too', async (t) => {
  const site = await scriptFolder(t, 'filter_auth.conf', PORTAL_TOKEN);
  const { code, stderr } = await site.brcSync('run', 'full', '--sink', 'mybrc', ...PERIOD, '--target', site.portal.legacyUrl);
  t.equal(code, 2);
  t.match(stderr, /cannot list the records of an account/);
  t.equal(site.portal.requests.length, 0);
});

void t.test('a refused token, and one that is none, are told without being shown', async (t) => {
  const wrong = '2'.repeat(40);
  const site = await scriptFolder(t, 'update_jobs_coldfront.conf', wrong);
  for (const token of [wrong, `${wrong} ${wrong}`]) {
    writeFileSync(join(site.folder, 'update_jobs_coldfront.conf'), token);
    for (const more of [[], ['--json'], ['--debug']]) {
      const { code, stdout, stderr } = await site.brcSync(
        'run',
        'update',
        '--sink',
        'coldfront',
        ...PERIOD,
        '--target',
        site.portal.baseUrl,
        ...more,
      );
      t.equal(code, token === wrong ? 6 : 2, stdout + stderr);
      t.notMatch(stdout + stderr, wrong);
    }
  }
  t.notMatch(everythingIn(join(site.folder, '..'), ['update_jobs_coldfront.conf']), wrong);
});

void t.test('a token file is that of its command only, and --token-file comes first', async (t) => {
  const site = await scriptFolder(t, 'update_jobs_coldfront.conf', PORTAL_TOKEN);
  const target = ['--target', site.portal.baseUrl];
  const full = await site.brcSync('run', 'full', '--sink', 'coldfront', ...PERIOD, ...target);
  t.equal(full.code, 2);
  t.match(full.stderr, /another origin .* whose token it does not get/);
  const old = await site.brcSync('run', 'update', '--sink', 'mylrc', ...PERIOD, ...target);
  t.equal(old.code, 2, 'nor does another portal get it');

  writeFileSync(join(site.folder, 'mine.token'), '3'.repeat(40), { mode: 0o600 });
  const given = await site.brcSync('run', 'update', '--sink', 'coldfront', ...PERIOD, ...target, '--token-file', 'mine.token');
  t.equal(given.code, 6);
  t.notOk(existsSync(join(site.folder, 'update_jobs_coldfront.log')), 'which is no script’s');
  const byName = await site.brcSync(
    'run',
    'update',
    '--sink',
    'coldfront',
    ...PERIOD,
    ...target,
    '--token-file',
    './update_jobs_coldfront.conf',
  );
  t.equal(byName.code, 0, byName.stderr);
  t.ok(existsSync(join(site.folder, 'update_jobs_coldfront.log')));
});

void t.test('plan, apply, explain, verify and revert find the token file, too', async (t) => {
  const site = await scriptFolder(t, 'full_sync_coldfront.conf', PORTAL_TOKEN);
  const target = ['--target', site.portal.baseUrl];
  t.equal((await site.brcSync('plan', 'full', '--sink', 'coldfront', ...PERIOD, ...target, '--out', 'plan.ndjson')).code, 0);
  t.notOk(existsSync(join(site.folder, 'full_sync_coldfront.log')), 'nothing was sent');
  const applied = await site.brcSync('apply', 'plan.ndjson', ...target);
  t.equal(applied.code, 0, applied.stderr);
  const log = (): number => readFileSync(join(site.folder, 'full_sync_coldfront.log'), 'utf8').match(/UPDATED : /g)?.length ?? 0;
  t.equal(log(), 12);
  t.equal((await site.brcSync('explain', '4', '--sink', 'coldfront', ...target)).code, 0);
  t.equal((await site.brcSync('verify', '--sink', 'coldfront', ...target)).code, 0);
  const reverted = await site.brcSync('revert', 'last', '--yes', ...target);
  t.equal(reverted.code, 0, reverted.stderr);
  t.ok(log() > 12);
});

void t.test('a run that the guard refuses is no complete one in the log', async (t) => {
  const site = await scriptFolder(t, 'full_sync_coldfront.conf', PORTAL_TOKEN);
  const plugins = JSON.parse(readFileSync('plugins.json', 'utf8')) as { readonly site: object };
  writeFileSync(join(site.folder, 'plugins.json'), JSON.stringify({ ...plugins, site: { guard: { changes: 0 } } }));
  const { code, stderr } = await site.brcSync('run', 'full', '--sink', 'coldfront', ...PERIOD, '--target', site.portal.baseUrl);
  t.equal(code, 4, stderr);
  t.match(
    readFileSync(join(site.folder, 'full_sync_coldfront.log'), 'utf8'),
    /WARNING  run stopped, .* REASON: the guard refused the run\n$/,
  );
});

void t.test('a log that cannot be written is a warning', async (t) => {
  const site = await scriptFolder(t, 'update_jobs_coldfront.conf', PORTAL_TOKEN);
  mkdirSync(join(site.folder, 'update_jobs_coldfront.log'));
  const run = await site.brcSync('run', 'update', '--sink', 'coldfront', ...PERIOD, '--target', site.portal.baseUrl);
  t.equal(run.code, 0);
  t.equal(run.stderr.match(/the log .*update_jobs_coldfront\.log cannot be written/g)?.length, 1);
  t.equal(writes(site), 7);
});
