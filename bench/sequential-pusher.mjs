// What brc-sync replaces: sends every job of a file whole, one after the other, each over a connection of its own.
// node bench/sequential-pusher.mjs BASE_URL TOKEN JOBS.psv PRICES.json MOST; prints how many it sent and the seconds.
import { request } from 'node:http';
import { lines } from './portal-site.mjs';

const [baseUrl, token, file, prices, most] = process.argv.slice(2);
const priceOf = JSON.parse(prices);
let header = null;
let sent = 0;
const began = process.hrtime.bigint();
for await (const line of lines(file)) {
  const fields = line.split('|');
  if (header === null) {
    header = fields;
    continue;
  }
  if (sent === Number(most)) break;
  const status = await put(bodyOf(Object.fromEntries(header.map((name, index) => [name, fields[index]]))));
  if (status !== 200) throw new Error(`PUT was answered ${status}`);
  sent += 1;
}
console.log(JSON.stringify({ sent, seconds: Number(process.hrtime.bigint() - began) / 1e9 }));

function bodyOf(row) {
  const seconds = Number(row.End) - Number(row.Start);
  const cpus = Number(row.AllocCPUS);
  const nodes = Number(row.AllocNodes);
  return {
    jobslurmid: row.JobIDRaw,
    submitdate: iso(row.Submit),
    startdate: iso(row.Start),
    enddate: iso(row.End),
    userid: row.UID,
    accountid: row.Account,
    amount: ((priceOf[row.Partition] * cpus * seconds) / 3600).toFixed(2),
    jobstatus: row.State.split(' ')[0],
    partition: row.Partition,
    qos: row.QOS,
    nodes: [{ name: row.NodeList }],
    num_cpus: cpus,
    num_req_nodes: nodes,
    num_alloc_nodes: nodes,
    raw_time: seconds / 3600,
    cpu_time: (seconds / 3600) * cpus,
  };
}

function put(body) {
  const text = JSON.stringify(body);
  const headers = { Authorization: `Token ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    request(`${baseUrl}jobs/${body.jobslurmid}/`, { method: 'PUT', headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end(text);
  });
}

function iso(seconds) {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
