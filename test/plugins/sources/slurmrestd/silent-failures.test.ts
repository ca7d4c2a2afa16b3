import t from 'tap';
import { replyJson } from '../../../support/http-server.js';
import { aSlurmrestdSource, reading, rowsOf } from '../../../support/slurmrestd.js';
import { lastInstant, readRest, recorded, standIn, V38 } from './stand-in.js';

void t.test('an answer without jobs among others is asked for again: slurmdbd may have failed it without a word', async (t) => {
  const failed = new Set<string>();
  const server = await standIn(t, {
    recording: V38,
    before: (_, url, response) => {
      if (!url.pathname.endsWith('/jobs') || failed.has(url.search)) return false;
      failed.add(url.search);
      replyJson(response, { meta: readRest(V38).meta, errors: [], jobs: [] });
      return true;
    },
  });
  const rows = recorded(V38);
  const now = lastInstant(rows);
  const source = aSlurmrestdSource({ url: server.url, sliceSeconds: 600 }, { now: () => now });
  const accounts = [...new Set(rows.map((row) => row.account))];
  const found = await rowsOf(source.jobs({ ...reading(), accounts, window: { from: now - 86_400, to: now + 1 } }));
  t.same(new Set(found.map((row) => row.jobId)), new Set(rows.map((row) => row.jobId)));
  t.ok(failed.size > 2);
  await source.close();
});

void t.test('several clusters are asked one by one', async (t) => {
  const clusters = ['savio', 'lrc'];
  const server = await standIn(t, {
    recording: V38,
    before: (_, { pathname }, response) => {
      if (!pathname.endsWith('/clusters')) return false;
      replyJson(response, { meta: readRest(V38).meta, errors: [], clusters: clusters.map((name) => ({ name })) });
      return true;
    },
  });
  const now = lastInstant(recorded(V38));
  const source = aSlurmrestdSource({ url: server.url, clusters }, { now: () => now });
  await rowsOf(source.jobsById(['1'], reading()));
  const asked = server.requests.map(({ line }) => line).filter((line) => line.includes('step=1'));
  t.same(asked.map((line) => new URLSearchParams(line.slice(line.indexOf('?'))).get('cluster')).sort(), ['lrc', 'savio']); // prettier-ignore
  await source.close();
});
