import t, { type Test } from 'tap';
import { replyJson } from '../../../support/http-server.js';
import { aSlurmrestdSource, reading, rowsOf } from '../../../support/slurmrestd.js';
import { lastInstant, readRest, recorded, standIn, V38, type RecordedJob } from './stand-in.js';

const now = lastInstant(recorded(V38));

interface User {
  readonly level?: string;
  readonly coordinators?: readonly object[];
}

/** A source of the user root of the recordings, under a name that has no rights by itself. */
async function sourceOf(t: Test, { level = 'None', coordinators = [] }: User, jobs?: (all: readonly RecordedJob[]) => readonly object[]) {
  const server = await standIn(t, {
    recording: V38,
    before: (_, { pathname }, response) => {
      if (pathname.includes('/user/'))
        replyJson(response, { users: [{ name: 'ada', administrator_level: level, coordinators }], errors: [] });
      else if (jobs !== undefined && pathname.endsWith('/jobs')) replyJson(response, { jobs: jobs(readRest(V38).jobs), errors: [] });
      else return false;
      return true;
    },
  });
  const source = aSlurmrestdSource({ url: server.url, user: 'ada' }, { now: () => now });
  t.teardown(() => source.close());
  return { source, server };
}

const withUser = (user: string) => (all: readonly RecordedJob[]) => all.map((job) => ({ ...job, user }));

void t.test('who is no Operator must be shown a job of somebody else before any answer counts', async (t) => {
  const { source } = await sourceOf(t, {});
  t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
  t.match(
    (await source.check(reading())).find(({ name }) => name === 'permission'),
    { ok: true, message: /a job of somebody else is shown/ },
  );
});

void t.test('what may lack other people’s jobs is an error, not a shorter list', async (t) => {
  for (const [title, user, jobs, message] of [
    ['only own jobs', {}, withUser('ada'), /no job of anybody else is to be seen/],
    ['a coordinator', { coordinators: [{ name: 'fc_alpha', direct: 1 }] }, withUser('bob'), /a coordinator might see/],
  ] as const) {
    const { source } = await sourceOf(t, user, jobs);
    const wanted = { code: 'UNAUTHORISED', message, remedy: /adminlevel=operator/ };
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), wanted, `${title}, by id`);
    await t.rejects(
      rowsOf(source.jobs({ ...reading(), accounts: ['fc_alpha'], window: { from: 0, to: now } })),
      wanted,
      `${title}, by time`,
    );
    t.match(
      (await source.check(reading())).find(({ name }) => name === 'permission'),
      { ok: false, message },
      title,
    );
  }
});

void t.test('an Operator is believed at once', async (t) => {
  const { source, server } = await sourceOf(t, { level: 'Operator', coordinators: [{ name: 'fc_alpha' }] }, withUser('ada'));
  t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
  t.equal(server.requests.filter(({ line }) => line.includes('/jobs')).length, 1, 'no job is looked for');
});

void t.test('that a period is too long for slurmdbd says nothing of what is in it', async (t) => {
  const tooWide = { jobs: [], errors: [{ error_number: 7007, error: 'Too wide of a date range in query' }] };
  const server = await standIn(t, {
    recording: V38,
    before: (_, url, response) => {
      if (!url.pathname.endsWith('/jobs')) return false;
      replyJson(response, url.searchParams.has('step') ? { jobs: [], errors: [] } : tooWide);
      return true;
    },
  });
  const source = aSlurmrestdSource({ url: server.url }, { now: () => now });
  await t.rejects(rowsOf(source.jobsById(['424242'], reading())), { code: 'SOURCE_UNREACHABLE', message: /not believed/ });
  await source.close();
});
