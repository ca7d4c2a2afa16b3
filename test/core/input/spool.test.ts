import t from 'tap';
import fc from 'fast-check';
import { mkdir, readdir } from 'node:fs/promises';
import { Spool } from '../../../src/core/input/spool.js';

interface Put {
  readonly account: string;
  readonly id: string;
  readonly text: string;
}

const signal = new AbortController().signal;

async function fill(spool: Spool, puts: readonly Put[]): Promise<void> {
  for (const [index, { account, id, text }] of puts.entries()) {
    const bytes = Buffer.from(text);
    const name = Buffer.from(account);
    await spool.hold(bytes);
    const entry = spool.add(spool.accountNumber(name, 0, name.length), 0, bytes.length, 3, index + 1);
    spool.addId(entry, Buffer.from(id), 0, Buffer.byteLength(id));
  }
  await spool.finish();
}

async function readAccount(spool: Spool, account: string): Promise<string[]> {
  const found: string[] = [];
  for await (const page of spool.pagesOf(account, signal)) {
    for (let index = 0; index < page.count; index += 1) found.push(`${page.file(index)}:${page.position(index)}:${page.text(index)}`);
  }
  return found;
}

async function readIds(spool: Spool, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const page of spool.pagesById(ids, signal)) {
    for (let index = 0; index < page.count; index += 1) found.push(page.text(index));
  }
  return found;
}

const ids = fc.oneof(
  fc.nat({ max: 40 }).map(String),
  fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })).map(([array, task]) => `${array}_${task}`),
  fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })).map(([leader, offset]) => `${leader}+${offset}`),
  fc.constantFrom('007', '7', '9007199254740991', '9007199254740993', '4294967303', '17_[0-3]', '', 'ä', '1_', '_1', '4294967296_1'),
);
const puts = fc.array(
  fc.record({
    account: fc.constantFrom('fc_alpha', 'co_beta', 'ac_ä', 'x'),
    id: ids,
    text: fc.string({ unit: 'grapheme', maxLength: 60 }),
  }),
  { maxLength: 80 },
);

void t.test('what was put away comes back by account in order, and by id exactly, in memory and from the file', async (t) => {
  const directory = t.testdir();
  await fc.assert(
    fc.asyncProperty(puts, fc.constantFrom(0, 300, 1_000_000), fc.integer({ min: 16, max: 400 }), async (all, memoryBytes, roundBytes) => {
      const spool = new Spool({ memoryBytes, roundBytes, directory });
      try {
        await fill(spool, all);
        const numbered = all.map((put, index) => ({ ...put, line: `3:${index + 1}:${put.text}` }));
        for (const account of new Set(all.map((put) => put.account))) {
          t.strictSame(
            await readAccount(spool, account),
            numbered.filter((put) => put.account === account).map((put) => put.line),
          );
        }
        for (const id of new Set(all.map((put) => put.id))) {
          t.strictSame(
            (await readIds(spool, [id, id])).sort(),
            all
              .filter((put) => put.id === id)
              .map((put) => put.text)
              .sort(),
          );
        }
        t.strictSame(await readIds(spool, ['123456', 'none', '99_99']), []);
      } finally {
        await spool.close();
      }
    }),
    { numRuns: 60 },
  );
  t.strictSame(await readdir(directory), []);
});

void t.test('an entry that was dropped is gone by account and by id', async (t) => {
  const spool = new Spool({ memoryBytes: 0, directory: t.testdir() });
  t.teardown(() => spool.close());
  const old = Buffer.from('old');
  await spool.hold(old);
  const entry = spool.add(spool.accountNumber(Buffer.from('a'), 0, 1), 0, 3, 0, 1);
  spool.addId(entry, Buffer.from('5'), 0, 1);
  t.equal(spool.newest(Buffer.from('5'), 0, 1), entry);
  t.equal(spool.newest(Buffer.from('6'), 0, 1), -1);
  spool.drop(entry);
  await fill(spool, [{ account: 'a', id: '5', text: 'new' }]);
  t.strictSame(await readAccount(spool, 'a'), ['3:1:new']);
  t.strictSame(await readIds(spool, ['5']), ['new']);
});

void t.test('many ids: the index grows and still finds each', async (t) => {
  const spool = new Spool({ memoryBytes: 0, directory: t.testdir() });
  t.teardown(() => spool.close());
  const all = Array.from({ length: 9_000 }, (_, index) => ({
    account: `a${index % 300}`,
    id: String(67_108_865 + index * 64),
    text: `row ${index}`,
  }));
  await fill(spool, all);
  t.strictSame(
    (
      await readIds(
        spool,
        all.map((put) => put.id),
      )
    ).sort(),
    all.map((put) => put.text).sort(),
  );
  t.equal(spool.accounts().length, 300);
});

void t.test('the temporary file has no name while it is used, and nothing is left after close, error and abort', async (t) => {
  const directory = t.testdir();
  const spool = new Spool({ memoryBytes: 0, directory });
  await fill(spool, [{ account: 'a', id: '1', text: 'x'.repeat(10_000) }]);
  t.equal(spool.inMemory, false);
  t.strictSame(await readdir(directory), []);
  await t.rejects(async () => {
    for await (const page of spool.pagesOf('a', AbortSignal.abort())) t.fail(page.text(0));
  });
  await spool.close();
  await spool.close();
  await t.rejects(readAccount(spool, 'a'), /after it was closed/);
  t.strictSame(await readdir(directory), []);
});

void t.test('a temporary directory that cannot be written is OUTPUT_FAILED and says what to do', async (t) => {
  const directory = `${t.testdir()}/missing`;
  const spool = new Spool({ memoryBytes: 0, directory });
  await t.rejects(fill(spool, [{ account: 'a', id: '1', text: 'x' }]), { code: 'OUTPUT_FAILED', remedy: /TMPDIR/ });
  await spool.close();
  await mkdir(directory);
  t.strictSame(await readdir(directory), []);
});
