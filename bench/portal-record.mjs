// A job's record as `GET /jobs/` tells it, by arithmetic of its own.

/** What the completion plugin would have left; or a wrong amount (0), an estimate left RUNNING (1), or nothing (2). */
export function recordOf(job, fault) {
  if (fault === 2) return null;
  const { id, submit, start, end, uid, account, partition, nodes, cpus, price } = job;
  const hours = (end - start) / 3600;
  const cents = halfUp(BigInt(Math.round(price * 100)) * BigInt(cpus) * BigInt(end - start), 3600n);
  const amount = fault === 0 ? cents + 100n : fault === 1 ? cents * 2n + 5n : cents;
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
    qos: job.qos ?? 'savio_normal',
    nodes: nodes.map((name) => ({ name })),
    num_cpus: cpus,
    num_req_nodes: open ? null : nodes.length,
    num_alloc_nodes: nodes.length,
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
