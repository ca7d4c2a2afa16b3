import type { ServerResponse } from 'node:http';
import t from 'tap';
import { aSlurmrestdSource, reading, rowsOf } from '../../../support/slurmrestd.js';
import { lastInstant, recorded, standIn, V38 } from './stand-in.js';

const now = lastInstant(recorded(V38));

/** Says so many bytes of JSON that never end, as fast as they are read. */
function flood(response: ServerResponse, bytes: number): void {
  const chunk = Buffer.alloc(1 << 20, ' ');
  let left = bytes;
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{"jobs":[');
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

for (const path of ['/openapi/v3', '/slurmdb/v0.0.38/clusters', '/slurmdb/v0.0.38/jobs']) {
  void t.test(`a slurmrestd that hangs at ${path}: an error at the deadline`, async (t) => {
    const server = await standIn(t, { recording: V38, before: (_, { pathname }) => pathname === path });
    const source = aSlurmrestdSource({ url: server.url, timeoutSeconds: 1 }, { now: () => now });
    const began = Date.now();
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), {
      code: 'SOURCE_UNREACHABLE',
      message: /does not answer/,
      remedy: /timeoutSeconds|version/,
      exitCode: 6,
    });
    t.ok(Date.now() - began < 10_000);
    await source.close();
  });

  void t.test(`a gigabyte at ${path}: an error soon, in little memory`, async (t) => {
    const server = await standIn(t, {
      recording: V38,
      before: (_, { pathname }, response) => {
        if (pathname === path) flood(response, 2 ** 30);
        return pathname === path;
      },
    });
    const source = aSlurmrestdSource({ url: server.url }, { now: () => now });
    const before = process.memoryUsage.rss();
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'SOURCE_UNREACHABLE', message: /too large|more than/ });
    t.ok(process.memoryUsage.rss() - before < 300e6, `${Math.round((process.memoryUsage.rss() - before) / 1e6)} MB more`);
    await source.close();
  });
}
