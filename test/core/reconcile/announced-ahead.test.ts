import { existsSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import type { PutOutcome } from '../../../src/core/job-sink.js';
import { readJournal } from '../../../src/core/journal-reader.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { ACCOUNT, answering, openJobs } from '../../support/open-jobs.js';
import { runCore } from '../../support/run-core.js';

interface Line {
  readonly type: string;
  readonly sequence: number;
  readonly jobId?: string;
}

function linesOf(journal: string): Line[] {
  return readFileSync(journal, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const REFUSED: PutOutcome = { status: 'unauthorised', message: 'Expired token.', remedy: 'Renew it.' };

void t.test('the next intent of an account is on disk while a request is under way, and its request waits all the same', async (t) => {
  const { rows, records } = openJobs(5);
  let journal = '';
  let underWay = 0;
  const sink = answering(memorySink(records), async ({ jobId }) => {
    underWay += 1;
    const next = `"jobId":"${Number(jobId) + 1}"`;
    while (jobId !== '1004' && !(existsSync(journal) && readFileSync(journal, 'utf8').includes(next))) await nextTurn();
    t.equal(underWay, 1, `one request while ${jobId} is sent`);
    underWay -= 1;
    return { status: 'applied' };
  });
  const { summary } = await runCore({
    source: memorySource(rows),
    sink,
    request: { command: 'update' },
    onDirectory: (directory) => (journal = directory.journal),
  });
  t.match(summary.applied, { applied: 5 });
});

void t.test('what was announced and never sent is withdrawn when the run stops: nobody has to ask the sink for it', async (t) => {
  const { rows, records } = openJobs(12, 2);
  const sent: string[] = [];
  const sink = answering(memorySink(records), (change) => {
    sent.push(change.jobId);
    return change.jobId === '1004' ? REFUSED : { status: 'applied' };
  });
  const { summary } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(summary.applied, { stopped: { why: 'unauthorised' } });
  const journal = summary.files.journal ?? '';
  const lines = linesOf(journal);
  const taken = lines.filter(({ type }) => type === 'withdrawn').map(({ sequence }) => sequence);
  const announced = lines.filter(({ type }) => type === 'intent');
  t.ok(taken.length > 0);
  t.same(
    announced
      .filter(({ sequence }) => !taken.includes(sequence))
      .map(({ jobId }) => jobId)
      .sort(),
    [...sent].sort(),
  );
  const entries = [];
  for await (const entry of readJournal(journal)) entries.push(entry);
  t.same(entries.map(({ change }) => change.jobId).sort(), [...sent].sort());
  t.ok(entries.every(({ outcome }) => outcome !== null));
});

void t.test('nothing is announced ahead under --limit, nor a decrease that may not fit any more', async (t) => {
  const { rows, records } = openJobs(6);
  const limited = await runCore({ source: memorySource(rows), sink: memorySink(records), request: { command: 'update', limit: 3 } });
  const intents = (journal: string | null): Line[] => linesOf(journal ?? '').filter(({ type }) => type !== 'outcome');
  t.same(
    intents(limited.summary.files.journal).map(({ type }) => type),
    ['journal', 'intent', 'intent', 'intent'],
  );

  // Six decreases of 23.00 were planned; what is used when they are sent is enough for two.
  let asked = 0;
  const sink = {
    ...memorySink(records, { accounts: [{ ...ACCOUNT, name: 'fc_a0' }] }),
    usage: () => {
      const used = asked++ === 0 ? '138.00' : '50.00';
      return Promise.resolve({ used, users: new Map([['10001', used]]) });
    },
  };
  const short = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(short.summary.applied, { applied: 2, wouldClamp: 4 });
  t.same(
    intents(short.summary.files.journal).map(({ type }) => type),
    ['journal', 'intent', 'intent'],
  );
});
