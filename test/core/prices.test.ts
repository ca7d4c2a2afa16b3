import { join } from 'node:path';
import { inspect } from 'node:util';
import t, { type Test } from 'tap';
import { BrcSyncError } from '../../src/core/errors.js';
import { formatInstant } from '../../src/core/instants.js';
import { findPriceLists, loadPriceLists, type PriceLists, type PricesSetting } from '../../src/core/prices.js';

const TOKEN = 'c0ffee5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0de';
const timeZone = 'America/Los_Angeles';

function bankConfig(prices: string, api = `url = "https://portal.example/api"\ntoken = "${TOKEN}"`): string {
  return `[PartitionPrice] # service units per CPU-hour\n${prices}\n\n[Enable]\nspank = true\n\n[API]\n${api}\n`;
}

function load(t: Test, files: Readonly<Record<string, string>>, setting: PricesSetting = 'bank-config.toml'): Promise<PriceLists> {
  return loadPriceLists(setting, { baseDirectory: t.testdir(files), timeZone });
}

async function refusal(t: Test, files: Readonly<Record<string, string>>, setting?: PricesSetting): Promise<BrcSyncError> {
  try {
    await load(t, files, setting);
  } catch (error) {
    if (error instanceof BrcSyncError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

function everything(error: BrcSyncError): string {
  return [
    inspect(error, { depth: 9, showHidden: true }),
    error.stack,
    JSON.stringify(error),
    error.message,
    error.remedy,
    String(error),
  ].join('\n');
}

void t.test('a plain path holds always; partitions have exact names', async (t) => {
  const prices = await load(t, {
    'bank-config.toml': bankConfig('savio = 0.75\nsavio2_bigmem = 1.20\nSavio9 = 1\n"a.b" = 0.000001\nfree = 0'),
  });
  const list = prices.at(0);
  t.equal(prices.at(4_000_000_000), list);
  t.equal(list.price('savio'), 750_000);
  t.equal(list.price('savio2_bigmem'), 1_200_000, 'never the price of savio');
  t.equal(list.price('a.b'), 1);
  t.equal(list.price('free'), 0, 'a price of 0 is a price');
  for (const unknown of ['savio2', 'savio9', 'SAVIO', '', 'constructor', '__proto__', 'token', 'url'])
    t.equal(list.price(unknown), null, unknown);
  t.same(list.knownPartitions, ['Savio9', 'a.b', 'free', 'savio', 'savio2_bigmem']);
});

void t.test('money 8: dated lists, each from its first instant', async (t) => {
  const files = { 'old.toml': bankConfig('savio = 0.5'), 'mid.toml': bankConfig('savio = 0.75'), 'new.toml': bankConfig('savio = 1') };
  const prices = await load(t, files, [
    { from: '2025-06-01', file: 'old.toml' },
    { from: '2026-06-01', file: 'mid.toml' },
    { from: '2026-09-15T10:30', file: 'new.toml' },
  ]);
  const cases: readonly (readonly [string, number])[] = [
    ['2025-06-01T07:00:00Z', 500_000],
    ['2026-06-01T06:59:59Z', 500_000],
    ['2026-06-01T07:00:00Z', 750_000],
    ['2026-09-15T17:29:59Z', 750_000],
    ['2026-09-15T17:30:00Z', 1_000_000],
    ['2036-01-01T00:00:00Z', 1_000_000],
  ];
  for (const [at, price] of cases) t.equal(prices.at(Date.parse(at) / 1_000).price('savio'), price, at);
  t.same(
    prices.lists.map((list) => formatInstant(list.from ?? 0)),
    ['2025-06-01T07:00:00Z', '2026-06-01T07:00:00Z', '2026-09-15T17:30:00Z'],
  );
  t.throws(() => prices.at(Date.parse('2025-06-01T06:59:59Z') / 1_000), {
    code: 'PRICE_MISSING',
    message: 'No price list was in force at 2025-06-01T06:59:59Z; the oldest one starts at 2025-06-01T07:00:00Z.',
    remedy: /"prices".*"from"/,
  });
});

void t.test('dates doubled, out of order or unreadable are named', async (t) => {
  const files = { 'a.toml': bankConfig('savio = 0.5') };
  const from = (...dates: string[]) => dates.map((date) => ({ from: date, file: 'a.toml' }));
  const cases: readonly (readonly [PricesSetting, string, RegExp])[] = [
    [[], 'prices', /no list/],
    [from('2026-06-01', '2025-06-01'), 'prices[1].from', /"2025-06-01" comes before "2026-06-01"/],
    [from('2026-06-01', '2026-06-01T00:00'), 'prices[1].from', /is the same time as/],
    [from('2026-06-01', '2026-06-01T07:00Z'), 'prices[1].from', /is the same time as/],
    [from('2025-06-01', '1 June'), 'prices[1].from', /"1 June"/],
    [from('2026-02-29'), 'prices[0].from', /"2026-02-29"/],
    [from('2026-03-08T02:30'), 'prices[0].from', /does not exist/],
  ];
  for (const [setting, key, message] of cases) {
    const error = await refusal(t, files, setting);
    t.equal(error.code, 'PRICES_INVALID');
    t.equal(error.context.key, key);
    t.match(error.message, message);
    t.not(error.remedy, '');
  }
});

void t.test('a value that is no price is named with file, key and value; all of them at once', async (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['savio = -0.5', 'PartitionPrice.savio', '-0.5'],
    ['savio = 0.1234567', 'PartitionPrice.savio', '0.1234567'],
    ['savio = nan', 'PartitionPrice.savio', 'NaN'],
    ['savio = inf', 'PartitionPrice.savio', 'Infinity'],
    ['savio = "0.75"', 'PartitionPrice.savio', '"0.75"'],
    ['savio = true', 'PartitionPrice.savio', 'true'],
    ['savio = [0.75]', 'PartitionPrice.savio', 'an array'],
    ['savio = 2026-06-01', 'PartitionPrice.savio', 'a date'],
    ['savio2.bigmem = 1.2', 'PartitionPrice.savio2', 'a table (quote a partition name that has a dot)'],
  ];
  for (const [line, key, value] of cases) {
    const error = await refusal(t, { 'bank-config.toml': bankConfig(line) });
    t.equal(error.code, 'PRICES_INVALID', line);
    t.match(error.context, { key, value, file: /bank-config\.toml$/ });
    t.ok(error.message.includes('bank-config.toml') && error.message.includes(`${key} is ${value}`), error.message);
    t.match(error.remedy, 'savio = 0.75');
  }
  const error = await refusal(t, { 'bank-config.toml': bankConfig('savio = -1\nsavio2 = 1\nsavio3 = "free"') });
  t.match(error.message, /PartitionPrice\.savio is -1, not a price; PartitionPrice\.savio3 is a text, not a number/);
});

void t.test('a file without prices is refused: it would make everything free', async (t) => {
  for (const text of [
    '',
    '[API]\nx = 1',
    '[partitionprice]\nsavio = 1',
    'PartitionPrice = 1',
    '[[PartitionPrice]]\nsavio = 1',
    bankConfig(''),
  ]) {
    const error = await refusal(t, { 'bank-config.toml': text });
    t.equal(error.code, 'PRICES_INVALID', text);
    t.equal(error.context.key, 'PartitionPrice');
  }
});

void t.test('a missing file is named', async (t) => {
  const directory = t.testdir({});
  await t.rejects(loadPriceLists('nowhere.toml', { baseDirectory: directory, timeZone }), {
    code: 'INPUT_NOT_FOUND',
    message: /nowhere\.toml cannot be read/,
    remedy: /relative paths/,
  });
});

void t.test('a TOML syntax error names line and column', async (t) => {
  const error = await refusal(t, { 'bank-config.toml': bankConfig('savio = 0.75\nsavio2 == 1') });
  t.equal(error.code, 'PRICES_INVALID');
  t.match(error.context, { line: 3, column: 9 });
  t.match(error.message, /bank-config\.toml is not valid TOML at line 3, column 9\.$/);
});

void t.test('no error ever shows the token or the other tables', async (t) => {
  const secretsBeside = [
    `token = "${TOKEN}`,
    `token = ${TOKEN}`,
    `token "${TOKEN}"`,
    `"${TOKEN}" "x"`,
    `${TOKEN} = 1\n${TOKEN} = 2`,
    `token = "${TOKEN}"\nurl = broken`,
    `url = broken\ntoken = "${TOKEN}"`,
    `token = "${TOKEN}\\x"`,
    `token = "${TOKEN}" trailing`,
  ];
  for (const api of secretsBeside) {
    const error = await refusal(t, { 'bank-config.toml': bankConfig('savio = 0.75', api) });
    t.equal(error.code, 'PRICES_INVALID', api);
    t.type(error.context.line, 'number');
    t.notMatch(everything(error), /c0ffee|broken|trailing/);
  }
  const lostHeader = `[PartitionPrice]\nsavio = 0.75\nurl = "https://portal.example/api"\ntoken = "${TOKEN}"\n`;
  const error = await refusal(t, { 'bank-config.toml': lostHeader });
  t.match(error.message, /PartitionPrice\.token is a text/);
  t.notMatch(everything(error), /c0ffee|portal\.example/, 'also where the header above it is lost');
  const invalid = await refusal(t, { 'bank-config.toml': bankConfig('savio = -1') });
  t.notMatch(everything(invalid), /c0ffee|portal\.example|spank/);
  const prices = await load(t, { 'bank-config.toml': bankConfig('savio = 1') });
  t.notMatch(inspect(prices, { depth: 9, showHidden: true }), /c0ffee|portal\.example/);
});

void t.test('the digest is of the prices alone', async (t) => {
  const one = (await load(t, { 'bank-config.toml': bankConfig('savio = 0.5\nvector = 1') })).at(0).digest;
  const digestOf = async (prices: string, api?: string) => (await load(t, { 'bank-config.toml': bankConfig(prices, api) })).at(0).digest;
  t.match(one, /^[0-9a-f]{64}$/);
  t.equal(await digestOf('vector = 1.0 # the same\nsavio = 0.50'), one, 'whatever order, writing and comments');
  t.equal(await digestOf('savio = 0.5\nvector = 1', 'token = "renewed"'), one, 'whatever the token');
  t.not(await digestOf('savio = 0.500001\nvector = 1'), one);
  t.not(await digestOf('savio = 0.5'), one);
  t.not(await digestOf('savio = 0.5\nvector1 = 1'), one);
  const files = { 'a.toml': bankConfig('savio = 0.5') };
  const june = await load(t, files, [{ from: '2026-06-01', file: 'a.toml' }]);
  const july = await load(t, files, [{ from: '2026-07-01', file: 'a.toml' }]);
  t.equal(june.lists[0]?.digest, july.lists[0]?.digest);
  t.not(june.digest, july.digest, 'of all lists with their dates');
});

void t.test('without a configured price list that of the working directory counts, then that of Slurm', (t) => {
  const folder = t.testdir({ here: { 'bank-config.toml': '' }, empty: {}, 'system.toml': '' });
  const system = join(folder, 'system.toml');
  const configured = [{ from: null, file: '/configured.toml' }];
  t.same(findPriceLists(configured, join(folder, 'here'), system), configured);
  t.same(findPriceLists([], join(folder, 'here'), system), [{ from: null, file: join(folder, 'here/bank-config.toml') }]);
  t.same(findPriceLists([], join(folder, 'empty'), system), [{ from: null, file: system }]);
  t.same(findPriceLists([], join(folder, 'empty'), join(folder, 'none')), []);
  t.end();
});
