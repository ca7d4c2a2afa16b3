import type { ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import type { SlurmrestdConfig } from '../../../../src/plugins/sources/slurmrestd/config.js';
import { replyJson, type LocalServer } from '../../../support/http-server.js';
import { aSlurmrestdSource } from '../../../support/slurmrestd.js';
import { standIn } from './stand-in.js';

const signal = new AbortController().signal;
const options = { cluster: 'savio', signal };

/** As slurmrestd 22.05.8 says it; and as it says that slurmctld is down. */
const UNKNOWN = { jobs: [], errors: [{ error_number: 2017, error: 'Invalid job id specified', description: 'Unable to find JobId=9' }] };
const DOWN = { jobs: [], errors: [{ error_number: -1, error: 'Unspecified error', description: 'Unable to find JobId=9' }] };

interface Fake {
  readonly job?: (id: string, response: ServerResponse) => void;
  readonly level?: string;
  readonly clusters?: readonly string[];
  readonly config?: Partial<SlurmrestdConfig>;
}

/** A source before a slurmctld that knows the jobs 7 and 8 of cluster savio. */
async function fake(t: Test, { job = knows, level = 'None', clusters = ['savio'], config = {} }: Fake = {}) {
  const server = await standIn(t, {
    recording: 'slurm-22.05.8/rest-v0.0.38-jobs.json',
    before: (_, { pathname }, response) => {
      const id = /^\/slurm\/v0\.0\.38\/job\/(.+)$/.exec(pathname)?.[1];
      if (id !== undefined) job(id, response);
      else if (pathname.includes('/user/')) replyJson(response, { users: [{ administrator_level: level }], errors: [] });
      else if (pathname.endsWith('/clusters')) replyJson(response, { clusters: clusters.map((name) => ({ name })), errors: [] });
      return id !== undefined || /\/user\/|\/clusters$/.test(pathname);
    },
  });
  const source = aSlurmrestdSource({ url: server.url, user: 'root', ...config });
  t.teardown(() => source.close());
  return { source, server };
}

function knows(id: string, response: ServerResponse): void {
  if (['7', '8'].includes(id)) replyJson(response, { jobs: [{ job_id: Number(id), cluster: 'savio' }], errors: [] });
  else replyJson(response, UNKNOWN, 500);
}

function asked({ requests }: LocalServer): string[] {
  return requests.map(({ line }) => /\/slurm\/v0\.0\.38\/job\/(\S+)/.exec(line)?.[1]).filter((id) => id !== undefined);
}

void t.test('which jobs slurmctld knows, one by one', async (t) => {
  const { source, server } = await fake(t);
  t.strictSame(await source.aliveIds(['7', '9', '8', '10', '11', '12'], options), new Set(['7', '8']));
  t.strictSame(asked(server).sort(), ['10', '11', '12', '7', '8', '9']);
  t.strictSame(await source.aliveIds(['abc', '1-4', '0', '../jobs'], options), new Set());
  t.notOk(
    asked(server).some((id) => /[^\d_]/.test(id)),
    'a wrong id would end slurmrestd',
  );
});

void t.test('nothing is known where the answer is not certain, and it is not asked again', async (t) => {
  const cases: Readonly<Record<string, Fake>> = {
    'slurmctld is down': { job: (id, response) => (id === '7' ? knows(id, response) : replyJson(response, DOWN, 500)) },
    'it serves no slurm': { job: (_, response) => void response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found') },
    'the token is refused': {
      job: (_, response) => void response.writeHead(401, { 'Content-Type': 'text/plain' }).end('Authentication failure'),
    },
    'the user may not see all': { config: { user: 'guest' } },
    'a proxy answers': { job: (_, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>') },
  };
  for (const [title, surroundings] of Object.entries(cases)) {
    const { source, server } = await fake(t, surroundings);
    t.equal(await source.aliveIds(['7', '9'], options), null, title);
    const before = asked(server).length;
    t.equal(await source.aliveIds(['7', '9'], options), null, title);
    t.equal(asked(server).length, before, title);
  }
  const { source } = await fake(t, { level: 'Operator', config: { user: 'boss' } });
  t.strictSame(await source.aliveIds(['7', '9'], options), new Set(['7']), 'an Operator sees all');
});

void t.test('of several clusters only a job tells which one this slurmctld is of', async (t) => {
  const { source } = await fake(t, { clusters: ['savio', 'lrc'] });
  t.strictSame(await source.aliveIds(['7', '9'], options), new Set(['7']));
  t.equal(await source.aliveIds(['9'], options), null, 'nothing tells');
  t.equal(await source.aliveIds(['7', '9'], { ...options, cluster: 'lrc' }), null, 'of another one');
  t.equal(await source.aliveIds(['7', '9'], { ...options, cluster: null }), null);
  const single = await fake(t);
  t.equal(await single.source.aliveIds(['7', '9'], { ...options, cluster: 'lrc' }), null);
  t.strictSame(await single.source.aliveIds(['7', '9'], { ...options, cluster: null }), new Set(['7']));
});

void t.test('an abort is no answer', async (t) => {
  const stop = new AbortController();
  const { source } = await fake(t, { job: () => stop.abort(new Error('enough')) });
  await t.rejects(source.aliveIds(['7'], { ...options, signal: stop.signal }), { message: 'enough' });
});
