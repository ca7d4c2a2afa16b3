import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Journal } from '../../src/core/journal.js';
import { readJournal, readJournalHeader } from '../../src/core/journal-reader.js';
import { aRecord } from '../support/jobs.js';
import type { Change } from '../../src/core/change.js';

const HEADER = { runId: 'r1', of: null, sink: { name: 'portal', target: 'https://portal.example/api/', cluster: null } };
const CLOCK = { now: () => 1_788_264_000 };

const FACTS = { place: 7, usageMoves: '1.00', allocation: ['2026-06-01T07:00:00Z', null] } as const;

function change(jobId: string): Change {
  return {
    kind: 'update',
    jobId,
    account: 'fc_alpha',
    userId: '10001',
    before: aRecord({ jobId }),
    after: aRecord({ jobId, amount: '2.00' }),
    drift: ['amount'],
    suDifference: '1.00',
  };
}

void t.test('lines of many at once are whole, in order, and readable by their owner only', async (t) => {
  const path = join(t.testdir(), 'journal.ndjson');
  const journal = await Journal.create(path, HEADER, CLOCK);
  const sequences = await Promise.all(Array.from({ length: 300 }, (_, index) => journal.intent(change(String(index)), FACTS)));
  for (const sequence of sequences) journal.outcome(sequence, { status: 'applied' });
  await journal.close();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  t.equal(lines.length, 601);
  t.match(JSON.parse(lines[1] ?? ''), {
    type: 'intent',
    sequence: 1,
    jobId: '0',
    before: { amount: '1.00', endedAt: '2026-09-01T13:00:00Z' },
    at: '2026-09-01T12:00:00Z',
  });
  t.match(JSON.parse(lines[600] ?? ''), { type: 'outcome', sequence: 300, status: 'applied' });
  t.equal(statSync(path).mode & 0o777, 0o600);
});

void t.test('an existing journal is never written over', async (t) => {
  const path = join(t.testdir({ 'journal.ndjson': 'kept' }), 'journal.ndjson');
  await t.rejects(Journal.create(path, HEADER, CLOCK), { code: 'OUTPUT_FAILED' });
  t.equal(readFileSync(path, 'utf8'), 'kept');
});

void t.test('a journal is read back: intents with their outcomes, those without one last', async (t) => {
  const path = join(t.testdir(), 'journal.ndjson');
  const journal = await Journal.create(path, HEADER, CLOCK);
  const sequences = await Promise.all(['1', '2', '3'].map((jobId) => journal.intent(change(jobId), FACTS)));
  journal.outcome(sequences[2] ?? 0, { status: 'applied' });
  journal.outcome(sequences[0] ?? 0, { status: 'rejected', cause: 'c', message: 'm', remedy: 'r' });
  await journal.close();
  t.match(await readJournalHeader(path), HEADER);
  const entries = await all(readJournal(path));
  t.same(entries, [
    { sequence: 3, change: change('3'), facts: FACTS, at: CLOCK.now(), outcome: { status: 'applied' } },
    {
      sequence: 1,
      change: change('1'),
      facts: FACTS,
      at: CLOCK.now(),
      outcome: { status: 'rejected', cause: 'c', message: 'm', remedy: 'r' },
    },
    { sequence: 2, change: change('2'), facts: FACTS, at: CLOCK.now(), outcome: null },
  ]);
});

void t.test('an intent that was taken back is not read back; one that was never announced cannot be', async (t) => {
  const path = join(t.testdir(), 'journal.ndjson');
  const journal = await Journal.create(path, HEADER, CLOCK);
  const sequences = await Promise.all(['1', '2', '3'].map((jobId) => journal.intent(change(jobId), FACTS)));
  journal.withdraw(sequences[1] ?? 0);
  journal.outcome(sequences[0] ?? 0, { status: 'applied' });
  await journal.close();
  const entries = await all(readJournal(path));
  t.same(
    entries.map(({ change, outcome }) => [change.jobId, outcome?.status ?? null]),
    [
      ['1', 'applied'],
      ['3', null],
    ],
  );

  const wrong = join(t.testdirName, 'wrong.ndjson');
  const other = await Journal.create(wrong, HEADER, CLOCK);
  other.withdraw(7);
  await other.close();
  await t.rejects(all(readJournal(wrong)), { code: 'JOURNAL_INVALID', message: /line 2: it takes back 7/ });
});

void t.test('a journal that a crash cut off anywhere is readable; one that was changed anywhere is refused', async (t) => {
  const path = join(t.testdir(), 'journal.ndjson');
  const journal = await Journal.create(path, HEADER, CLOCK);
  for (const jobId of ['1', '2', '3']) journal.outcome(await journal.intent(change(jobId), FACTS), { status: 'applied' });
  await journal.close();
  const bytes = readFileSync(path);
  const cut = join(t.testdirName, 'cut.ndjson');
  for (let length = bytes.indexOf(10) + 1; length < bytes.length; length += 7) {
    writeFileSync(cut, bytes.subarray(0, length));
    const entries = await all(readJournal(cut));
    const whole = bytes.subarray(0, length).toString().split('\n').slice(0, -1);
    t.ok(entries.length >= whole.filter((line) => line.includes('"intent"')).length);
  }
  const text = bytes.toString();
  const lines = text.trimEnd().split('\n');
  for (const changed of [
    text.replace('"amount":"2.00"', '"amount":"3.00"'),
    [...lines.slice(0, 2), ...lines.slice(3)].join('\n'),
    [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n'),
    text.replace('{"type":"intent"', '{"type":"intend"'),
  ]) {
    writeFileSync(cut, `${changed}\n`);
    await t.rejects(all(readJournal(cut)), { code: 'JOURNAL_INVALID' });
  }
  await t.rejects(all(readJournal(join(t.testdirName, 'none'))), { code: 'INPUT_NOT_FOUND' });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const held: T[] = [];
  for await (const item of items) held.push(item);
  return held;
}

/** Writes intents in a process whose files may hold 64 blocks of 512 bytes or 1024; prints how many got through, and what stopped them. */
const SCRIPT = `
  process.on('SIGXFSZ', () => undefined);
  const { Journal } = await import(process.argv[1]);
  const change = JSON.parse(process.argv[3]);
  const journal = await Journal.create(process.argv[2], { runId: 'r', of: null, sink: { name: 's', target: null, cluster: null } }, { now: () => 0 });
  let written = 0;
  try {
    for (;;) { await journal.intent(change, {}); written += 1; }
  } catch (error) {
    const again = await journal.intent(change, {}).catch((error) => error.code);
    const closed = await journal.close().catch((error) => error.code);
    console.log(JSON.stringify({ written, code: error.code, message: error.message, again, closed }));
  }
`;

void t.test('a disk without room refuses the intent and all after it; what came before is readable', (t) => {
  const path = join(t.testdir(), 'journal.ndjson');
  const module = new URL('../../src/core/journal.js', import.meta.url).href;
  const node = [process.execPath, '--input-type=module', '-e', SCRIPT, module, path, JSON.stringify(change('1'))];
  const printed = execFileSync('bash', ['-c', 'ulimit -f 64; exec "$@"', 'bash', ...node], { encoding: 'utf8' });
  const { written, code, message, again, closed } = JSON.parse(printed) as Record<string, unknown>;
  t.same([code, again, closed], ['STATE_FAILED', 'STATE_FAILED', 'STATE_FAILED']);
  t.match(message, /Nothing more is sent/);
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  t.ok((written as number) > 10);
  t.ok(whole.length > (written as number));
  for (const line of whole) t.doesNotThrow(() => void JSON.parse(line));
  t.end();
});
