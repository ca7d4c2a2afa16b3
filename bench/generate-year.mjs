// A year of a site in files: accounting rows in order of submit, as `sacct -P` prints them, and a portal's records in order of start, as NDJSON.
import { join } from 'node:path';
import { lineWriter } from './line-writer.mjs';
import { recordOf } from './portal-record.mjs';
import { writeAllocations, writePrices } from './portal-files.mjs';
import { seededRandom } from './seeded-random.mjs';

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
  const random = seededRandom(20251123);
  const starts = new Float64Array(jobs);
  const psv = lineWriter(join(directory, 'jobs.psv'));
  await psv.line(HEADER);
  const made = [];
  for (let index = 0; index < jobs; index += 1) {
    const job = makeJob(index, jobs, accounts, random);
    starts[index] = job.start;
    await psv.line(rowOf(job));
    made.push(recordOf(job, random() < drift ? Math.floor(random() * 3) : -1));
  }
  await psv.end();

  const records = lineWriter(join(directory, 'records.ndjson'));
  const order = Uint32Array.from(starts.keys()).sort((a, b) => starts[a] - starts[b]);
  for (const index of order) if (made[index] !== null) await records.line(made[index]);
  await records.end();
  const names = Array.from({ length: accounts }, (_, index) => accountName(index));
  writeAllocations(directory, names, { start: '2025-06-01', end: '2026-05-31' });
  writePrices(directory, PARTITIONS);
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
    nodes: Array.from(
      { length: nodeCount },
      (_, index) => `n${String(firstNode + index).padStart(4, '0')}${nodeCount === 1 ? '.savio3' : ''}`,
    ),
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
