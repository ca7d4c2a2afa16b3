// The files of generate-year.mjs as a portal's seed: estimates by POST, everything else by PUT, so that each record is charged.
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const TOKEN = '3333333333333333333333333333333333333333';

/** Writes `seed.json`, and `push.ndjson`: a whole job for every accounting row. `wrong` records, evenly spread, get 100.00 SU too much. */
export async function writeSeed(directory, { accounts, wrong = 0 }) {
  const records = new Map();
  for await (const line of lines(join(directory, 'records.ndjson'))) {
    const record = JSON.parse(line);
    records.set(record.jobslurmid, record);
  }
  const every = wrong === 0 ? Infinity : Math.floor(records.size / wrong);
  [...records.values()].forEach((record, index) => {
    if (index % every === every - 1) record.amount = (Number(record.amount) + 100).toFixed(2);
  });

  const uids = [...new Set(await column(directory, 'UID'))];
  const seed = createWriteStream(join(directory, 'seed.json'), { mode: 0o600 });
  const write = async (text) => void (seed.write(text) || (await once(seed, 'drain')));
  const users = [
    ...uids.map((uid) => ({ username: `user${uid}`, cluster_uid: uid })),
    { username: 'staff', cluster_uid: '1', staff: true },
  ];
  const projects = Array.from({ length: accounts }, (_, index) => ({
    name: `fc_bench${String(index).padStart(3, '0')}`,
    members: uids.filter((uid) => Math.floor((Number(uid) - 10_000) / 10) === index).map((uid) => `user${uid}`),
    allocation: { resource: 'Savio Compute', start_date: '2025-06-01', end_date: '2026-05-31', service_units: '300000.00' },
  }));
  await write(`{"users":${JSON.stringify(users)},"projects":${JSON.stringify(projects)},`);
  await write(`"tokens":{"staff":{"key":"${TOKEN}","user":"staff"}}`);
  for (const [name, isOpen] of [
    ['posted', true],
    ['jobs', false],
  ]) {
    let separator = `,"${name}":[`;
    for (const record of records.values()) {
      if ((record.enddate === null) !== isOpen) continue;
      await write(separator + JSON.stringify(record));
      separator = ',\n';
    }
    await write(separator === ',\n' ? ']' : `,"${name}":[]`);
  }
  seed.end('}');
  await once(seed, 'close');
}

async function column(directory, name) {
  let index = -1;
  const values = [];
  for await (const line of lines(join(directory, 'jobs.psv'))) {
    const fields = line.split('|');
    if (index === -1) index = fields.indexOf(name);
    else values.push(fields[index]);
  }
  return values;
}

export function lines(path) {
  return createInterface({ input: createReadStream(path), crlfDelay: Infinity });
}
