import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import * as sdk from '../src/sdk.js';
import * as testkit from '../src/testkit.js';

/** What strangers build on: nothing of it may go, or change its meaning, within one `API_VERSION`. */
const PROMISED = [
  'API_VERSION BASE_DIRECTORY BrcSyncError CLOCK CONFIG HTTP HttpError JOB_SCHEMA JOB_STATES LOGGER OUTPUT RECORD_SCHEMA SECRETS SECRET_SCHEMA',
  'SIGNAL SITE aliasIds contains defineSink defineSource endOfDate expandHostlist firstInstantOfDate formatAmount formatInstant hasNodes inject',
  'injectable instantsOfLocal isEndedState notStoredAsSent parseAmount parseInstant readLines',
].flatMap((line) => line.split(' '));

void t.test('the SDK offers what it promises, and no more', async (t) => {
  t.strictSame(Object.keys(sdk).sort(), PROMISED.sort());
  t.equal(sdk.API_VERSION, 1);
  t.strictSame(
    Object.keys(testkit).sort(),
    [
      'AUTUMN_HOURS',
      'openSinkPlugin',
      'openSourcePlugin',
      'sinkCases',
      'sinkSuite',
      'sourceCases',
      'sourceSuite',
      'startFaultyServer',
    ].sort(),
  );
});

/** What a door leads to: names by file. */
function behind(door: string): { readonly file: string; readonly names: readonly string[] | null }[] {
  return [...readFileSync(door, 'utf8').matchAll(/^export (?:type )?(?:\*|\{([^}]*)\}) from '(\.[^']+)\.js';/gm)].map(
    ([, list, path = '']) => {
      const names = list?.split(',').map((name) => name.trim().replace(/^type /, '')) ?? null;
      return { file: join('src', `${path}.ts`), names };
    },
  );
}

void t.test('whatever a plugin author can name says what it means', async (t) => {
  let count = 0;
  for (const { file, names } of ['src/sdk.ts', 'src/testkit.ts'].flatMap(behind)) {
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      const name = /^export (?:async )?(?:interface|type|const|class|function\*?) (\w+)/.exec(line)?.[1];
      if (name === undefined || (names !== null && !names.includes(name))) continue;
      count += 1;
      t.match(lines[index - 1], /\*\/$/, `${file}: ${name}`);
    }
  }
  t.ok(count > 60, `${count} names`);
});
