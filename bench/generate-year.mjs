// A year of a site in files: accounting rows in order of submit, as `sacct -P` prints them, and a portal's records in order of start, as NDJSON.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

const HEADER =
  'JobID|JobIDRaw|Cluster|Submit|Eligible|Start|End|ElapsedRaw|Suspended|UID|User|Account|State|Partition|QOS|NodeList|AllocCPUS|ReqNodes|AllocNodes';
export const PARTITIONS = [
  ['savio3', 0.75],
  ['savio2', 0.5],
  ['savio2_bigmem', 1.2],
  ['savio3_htc', 1],
];
const STATES = ['COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELLED by 10001', 'OUT_OF_MEMORY'];
/** 2025-06-01T07:00:00Z: the first instant of an allocation year. */
export const YEAR_START = 1_748_761_200;
const YEAR_SECONDS = 360 * 86_400;

/** The same year for the same seed, on every machine. */
export async function generateYear(directory, { jobs, accounts, drift }) {
  const random = mulberry32(20251123);
  const starts = new Float64Array(jobs);
  const psv = writer(join(directory, 'jobs.psv'));
  await psv.line(HEADER);
  const made = [];
  for (let index = 0; index < jobs; index += 1) {
    const job = makeJob(index, jobs, accounts, random);
    starts[index] = job.start;
    await psv.line(rowOf(job));
    made.push(recordOf(job, random() < drift ? Math.floor(random() * 3) : -1));
  }
  await psv.end();

  const records = writer(join(directory, 'records.ndjson'));
  const order = Uint32Array.from(starts.keys()).sort((a, b) => starts[a] - starts[b]);
  for (const index of order) if (made[index] !== null) await records.line(made[index]);
  await records.end();
  const allocations = Array.from({ length: accounts }, (_, index) => ({
    id: index + 1,
    project: accountName(index),
    resources: [{ name: 'Savio Compute' }],
    status: 'Active',
    start_date: '2025-06-01',
    end_date: '2026-05-31',
  }));
  const list = writer(join(directory, 'allocations.json'));
  await list.line(JSON.stringify({ count: accounts, next: null, previous: null, results: allocations }));
  await list.end();
  const prices = writer(join(directory, 'bank-config.toml'));
  await prices.line(['[PartitionPrice]', ...PARTITIONS.map(([name, price]) => `${name} = ${price}`)].join('\n'));
  await prices.end();
}

function makeJob(index, jobs, accounts, random) {
  const submit = YEAR_START + Math.floor((index / jobs) * YEAR_SECONDS);
  const start = submit + 1 + Math.floor(random() ** 4 * 40_000);
  const seconds = Math.floor(random() ** 3 * 200_000);
  const nodeCount = random() < 0.7 ? 1 : 2 + Math.floor(random() * 6);
  const firstNode = 1 + Math.floor(random() * 900);
  const partition = Math.floor(random() * PARTITIONS.length);
  const account = Math.floor(random() * accounts);
  return {
    id: 20_000_000 + index,
    account: accountName(account),
    // Ten users an account.
    uid: 10_000 + account * 10 + Math.floor(random() * 10),
    state: STATES[Math.floor(random() * STATES.length)],
    price: PARTITIONS[partition][1],
    partition: PARTITIONS[partition][0],
    submit,
    start,
    end: start + seconds,
    nodeCount,
    firstNode,
    cpus: nodeCount * 20,
  };
}

function accountName(index) {
  return `fc_bench${String(index).padStart(3, '0')}`;
}

function rowOf(job) {
  const { id, submit, start, end, uid, account, state, partition, nodeCount, firstNode, cpus } = job;
  const digits = (node) => String(node).padStart(4, '0');
  const nodes = nodeCount === 1 ? `n${digits(firstNode)}.savio3` : `n[${digits(firstNode)}-${digits(firstNode + nodeCount - 1)}]`;
  return `${id}|${id}|savio|${submit}|${submit}|${start}|${end}|${end - start}|00:00:00|${uid}|user${uid}|${account}|${state}|${partition}|savio_normal|${nodes}|${cpus}|${nodeCount}|${nodeCount}`;
}

/** What the completion plugin would have left; or a wrong amount (0), an estimate left RUNNING (1), or nothing (2). */
function recordOf(job, fault) {
  if (fault === 2) return null;
  const { id, submit, start, end, uid, account, partition, nodeCount, firstNode, cpus, price } = job;
  const hours = (end - start) / 3600;
  const cents = halfUp(BigInt(Math.round(price * 100)) * BigInt(cpus) * BigInt(end - start), 3600n);
  const amount = fault === 0 ? cents + 100n : fault === 1 ? cents * 2n + 5n : cents;
  const nodes = Array.from({ length: nodeCount }, (_, index) => {
    return { name: `n${String(firstNode + index).padStart(4, '0')}${nodeCount === 1 ? '.savio3' : ''}` };
  });
  const open = fault === 1;
  return JSON.stringify({
    jobslurmid: String(id),
    submitdate: iso(submit),
    startdate: iso(start),
    enddate: open ? null : iso(end),
    userid: String(uid),
    accountid: account,
    amount: `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`,
    jobstatus: open ? 'RUNNING' : 'COMPLETING',
    partition,
    qos: 'savio_normal',
    nodes,
    num_cpus: cpus,
    num_req_nodes: open ? null : nodeCount,
    num_alloc_nodes: nodeCount,
    raw_time: open ? null : Math.fround(hours),
    cpu_time: open ? null : Math.fround(hours * cpus),
  });
}

function halfUp(numerator, denominator) {
  return (numerator * 2n + denominator) / (denominator * 2n);
}

function iso(seconds) {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function writer(path) {
  const stream = createWriteStream(path, { mode: 0o600 });
  let buffer = '';
  return {
    async line(text) {
      buffer += `${text}\n`;
      if (buffer.length < 1 << 20) return;
      const full = !stream.write(buffer);
      buffer = '';
      if (full) await once(stream, 'drain');
    },
    async end() {
      stream.end(buffer);
      await once(stream, 'close');
    },
  };
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
