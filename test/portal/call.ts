import { readRecordedSeed } from './fixtures.js';
import type { RunningPortal } from './start-portal.js';

const TOKENS = readRecordedSeed().tokens;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. */
  json(): unknown;
}

/** Asks a portal that was started from the recorded seed; `path` goes below `/api/`. Rejects when no answer comes. */
export async function call(
  portal: RunningPortal,
  method: string,
  path: string,
  options: { readonly body?: unknown; readonly token?: string; readonly deadlineMs?: number } = {},
): Promise<Answer> {
  const response = await fetch(portal.baseUrl + path, {
    method,
    headers: { Authorization: `Token ${TOKENS[options.token ?? 'staff']!.key}`, 'Content-Type': 'application/json' },
    redirect: 'manual',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.deadlineMs === undefined ? {} : { signal: AbortSignal.timeout(options.deadlineMs) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
}

/** A whole job of alice's in fc_alpha, inside the allowance year. */
export function jobBody(id: string, changed: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    jobslurmid: id,
    submitdate: '2026-07-01T10:00:00Z',
    startdate: '2026-07-01T11:00:00Z',
    enddate: '2026-07-01T13:00:00Z',
    userid: '10001',
    accountid: 'fc_alpha',
    amount: '100.00',
    jobstatus: 'COMPLETED',
    partition: 'savio3',
    qos: 'savio_normal',
    nodes: [{ name: 'n0001.savio3' }],
    num_cpus: 32,
    num_req_nodes: 1,
    num_alloc_nodes: 1,
    raw_time: 2,
    cpu_time: 64,
    ...changed,
  };
}
