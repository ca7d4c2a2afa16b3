// A site beside a real Slurm: its plugins.json, and a portal's snapshot made from what sacct prints, with some drift.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lineWriter } from './line-writer.mjs';
import { writeAllocations, writePrices } from './portal-files.mjs';
import { recordOf } from './portal-record.mjs';
import { seededRandom } from './seeded-random.mjs';

const PRICE = 0.75;
const FIELDS = ['JobIDRaw', 'Submit', 'Start', 'End', 'UID', 'Account', 'Partition', 'QOS', 'NodeList', 'AllocCPUS'];
const DAY = 86_400;

/** Allocations that began `days` ago and a day more, prices, users of bulk-load.sh; records too unless `drift` is null. */
export async function makeSite(directory, { accounts, days, drift, environment, sources }) {
  const now = Math.floor(Date.now() / 1000);
  const begin = new Date((now - (days + 1) * DAY) * 1000).toISOString().slice(0, 10);
  writeAllocations(directory, accounts, { start: begin, end: null });
  writePrices(directory, [['savio3', PRICE]]);
  const users = Array.from({ length: 5 }, (_, index) => `bulk_user${index}:x:${100_000 + index}:65534::/:/bin/false\n`);
  writeFileSync(join(directory, 'passwd'), users.join(''), { mode: 0o600 });
  if (drift !== null) await writeRecords(directory, { accounts, now, days, drift, environment });
  const config = {
    ...(drift === null ? {} : { records: 'records.ndjson' }),
    allocations: 'allocations.json',
    file: 'puts.ndjson',
    format: 'ndjson',
  };
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml', userMap: { file: 'passwd' } },
    instances: [...sources, { name: 'log', plugin: 'log', config }],
  };
  writeFileSync(join(directory, 'plugins.json'), JSON.stringify(plugins), { mode: 0o600 });
}

/** Month by month, since sacct holds an answer in memory. */
async function writeRecords(directory, { accounts, now, days, drift, environment }) {
  const random = seededRandom(20261123);
  const records = lineWriter(join(directory, 'records.ndjson'));
  for (let from = now - (days + 1) * DAY; from < now; from += 30 * DAY) {
    const window = ['-s', 'CA,CD,F,TO', '-S', `uts${from}`, '-E', `uts${Math.min(from + 30 * DAY, now) - 1}`];
    const args = ['-a', '-X', '-n', '-P', '-A', accounts.join(','), ...window, `--format=${FIELDS.join(',')}`];
    const child = spawn('sacct', args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...environment, SLURM_TIME_FORMAT: '%s' } });
    const closed = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) {
      const [id, submit, start, end, uid, account, partition, qos, node, cpus] = line.split('|');
      const job = { id, submit, start, end, uid, account, partition, qos, nodes: [node], cpus: Number(cpus), price: PRICE };
      const record = recordOf(job, random() < drift ? Math.floor(random() * 3) : -1);
      if (record !== null) await records.line(record);
    }
    const [code] = await closed;
    if (code !== 0) throw new Error(`sacct ended with ${code}`);
  }
  await records.end();
}
