import type { JobWithNodeNames } from './portal-job.js';

const TEXT = '[^"\\\\\\x00-\\x1f]*';
const COUNT = '(0|[1-9][0-9]{0,9}|null)';
const HOURS = '((?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:e-[0-9]+)?|null)';
const NODE = `\\{"name": ?"${TEXT}"\\}`;

/** The fields in the portal's order, with or without spaces between them, and without escapes. */
const USUAL = new RegExp(
  `^\\{${[
    `"jobslurmid": ?"([^"\\\\\\x00-\\x1f]+)"`,
    `"submitdate": ?(?:"(${TEXT})"|null)`,
    `"startdate": ?(?:"(${TEXT})"|null)`,
    `"enddate": ?(?:"(${TEXT})"|null)`,
    `"userid": ?(?:"(${TEXT})"|null)`,
    `"accountid": ?"([^"\\\\\\x00-\\x1f]+)"`,
    `"amount": ?"([0-9]{1,9}[.][0-9]{2})"`,
    `"jobstatus": ?(?:"(${TEXT})"|null)`,
    `"partition": ?(?:"(${TEXT})"|null)`,
    `"qos": ?(?:"(${TEXT})"|null)`,
    `"nodes": ?\\[((?:${NODE}(?:, ?${NODE})*)?)\\]`,
    `"num_cpus": ?${COUNT}`,
    `"num_req_nodes": ?${COUNT}`,
    `"num_alloc_nodes": ?${COUNT}`,
    `"raw_time": ?${HOURS}`,
    `"cpu_time": ?${HOURS}`,
  ].join(', ?')}\\}$`,
);

/**
 * A job written as the portal writes it, five times faster than through JSON.parse and the schema: a year has a million of them. Null for any
 * other text, which is then read the long way; a test holds the two together.
 */
export function readUsualJob(json: string): JobWithNodeNames | null {
  const found = USUAL.exec(json);
  if (found === null) return null;
  return {
    jobslurmid: found[1] ?? '',
    submitdate: found[2] ?? null,
    startdate: found[3] ?? null,
    enddate: found[4] ?? null,
    userid: found[5] ?? null,
    accountid: found[6] ?? '',
    amount: found[7] ?? '',
    jobstatus: found[8] ?? null,
    partition: found[9] ?? null,
    qos: found[10] ?? null,
    nodes: readNodes(found[11] ?? ''),
    num_cpus: readNumber(found[12]),
    num_req_nodes: readNumber(found[13]),
    num_alloc_nodes: readNumber(found[14]),
    raw_time: readNumber(found[15]),
    cpu_time: readNumber(found[16]),
  };
}

function readNumber(text: string | undefined): number | null {
  return text === undefined || text === 'null' ? null : Number(text);
}

/** The names in `{"name": "n1"}, {"name": "n2"}`; the pattern has made sure that it looks like this. */
function readNodes(json: string): readonly string[] {
  const names: string[] = [];
  for (let at = json.indexOf(':'); at >= 0;) {
    const from = json.indexOf('"', at) + 1;
    const to = json.indexOf('"', from);
    names.push(json.slice(from, to));
    at = json.indexOf('":', to + 1) + 1 || -1;
  }
  return names;
}
