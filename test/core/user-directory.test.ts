import { join } from 'node:path';
import t from 'tap';
import type { JobSink } from '../../src/core/job-sink.js';
import { createUserDirectory, openUserDirectory } from '../../src/core/user-directory.js';
import { aJob, aRecord } from '../support/jobs.js';
import { memorySink, memorySource } from '../support/memory-plugins.js';
import { runCore } from '../support/run-core.js';

const signal = new AbortController().signal;
const of = (user: string | null, uid: number | null = null) => aJob({ user, uid });

/** A finder that remembers what it was asked for. */
function finder(table: Readonly<Record<string, string>>) {
  const asked: string[][] = [];
  const find = (names: readonly string[]): Promise<Map<string, string>> => {
    asked.push([...names]);
    return Promise.resolve(new Map(Object.entries(table)));
  };
  return { asked, find };
}

void t.test('the row’s own uid, then the site’s map, then the sink (money 4)', async (t) => {
  const site = finder({ alice: '1' });
  const sink = finder({ alice: '2', bob: '3', carol: '4' });
  const users = createUserDirectory([site.find, sink.find]);
  t.equal(users.userIdOf(of('alice')), null, 'nothing is known before it was asked');
  await users.learn(new Set(['alice', 'bob', 'dave']));
  t.same(
    ['alice', 'bob', 'carol', 'dave', null].map((name) => users.userIdOf(of(name))),
    ['1', '3', null, null, null],
  );
  t.equal(users.userIdOf(of('alice', 9)), '9');
  t.same([site.asked, sink.asked], [[['alice', 'bob', 'dave']], [['bob', 'dave']]]);
});

void t.test('each name is looked up once, also the unknown, also by two who ask at once', async (t) => {
  const { asked, find } = finder({ alice: '1' });
  const users = createUserDirectory([find]);
  await Promise.all([users.learn(new Set(['alice', 'dave'])), users.learn(new Set(['dave', 'alice', 'eve']))]);
  await users.learn(new Set(['alice', 'dave', 'eve']));
  t.same(asked, [['alice', 'dave'], ['eve']]);
});

void t.test('a file, and a sink behind it', async (t) => {
  const file = join(t.testdir({ users: 'user,uid\nalice,10001\n' }), 'users');
  const instance: JobSink = { ...memorySink([]), userIds: () => Promise.resolve(new Map([['bob', '10002']])) };
  const users = await openUserDirectory({ userMap: { file }, sink: { name: 'portal', instance }, signal });
  await users.learn(new Set(['alice', 'bob']));
  t.same([users.userIdOf(of('alice')), users.userIdOf(of('bob'))], ['10001', '10002']);
  const broken: JobSink = { ...instance, userIds: () => Promise.resolve(new Map([['bob', 'bob@example.org']])) };
  const bad = await openUserDirectory({ userMap: null, sink: { name: 'portal', instance: broken }, signal });
  await t.rejects(bad.learn(new Set(['bob'])), { code: 'PLUGIN_CONTRACT', message: /Sink portal.*bob@example.org/ });
});

for (const command of ['full', 'update'] as const) {
  void t.test(`${command}: rows without a uid are compared once the user is known, and named where nobody is (money 4)`, async (t) => {
    const rows = [aJob({ jobId: '1', user: 'root', uid: null }), aJob({ jobId: '2', user: 'no_such_user_here', uid: null })];
    const open = { amount: '24.00', state: 'RUNNING', endedAt: null };
    const records = [aRecord({ ...open, jobId: '1', userId: '0' }), aRecord({ ...open, jobId: '2' })];
    const site = { userMap: { getent: true } } as const;
    const run = await runCore({ source: memorySource(rows), sink: memorySink(records), site, request: { command } });
    t.match(run.changes, [{ jobId: '1', userId: '0' }]);
    t.equal(run.changes.length, 1);
    t.match(run.findings, [{ kind: 'unknown-user', jobId: '2' }]);
  });
}
