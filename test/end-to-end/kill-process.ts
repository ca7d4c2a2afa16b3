import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LoggedRequest } from '../portal/start-portal.js';
import { newJournalBytes, runIds, type KillPoint } from './kill-point.js';
import type { KillSite } from './kill-site.js';

/** One process of brc-sync, from its start to its end or its kill. */
export interface Ended {
  readonly wasKilled: boolean;
  readonly code: number | null;
  readonly said: string;
  /** What the portal saw of it. */
  readonly reads: number;
  readonly writes: number;
  readonly hadJournal: boolean;
}

/** What the portal stored, write by write. */
export type OnWrite = (jobId: string, path: string) => void;

const BIN = resolve('bin/run.js');
const JOB_ID = /\/jobs\/([^/?]+)\/$/u;

/** Runs the command line against the site; where `point` is reached it is killed with SIGKILL. */
export async function runOrKill(site: KillSite, args: readonly string[], point: KillPoint | null, onWrite: OnWrite): Promise<Ended> {
  const before = new Set(runIds(site.state));
  const child = spawn(process.execPath, [BIN, ...args], { env: site.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const said = text(child.stderr);
  let wasKilled = false;
  const kill = (): void => {
    if (!wasKilled) wasKilled = child.kill('SIGKILL');
  };
  let [reads, writes] = [0, 0];
  const seen: Record<string, number> = { arrived: 0, served: 0, answered: 0 };
  site.portal.setWatcher((moment, { method, path }: LoggedRequest, status) => {
    const isWrite = method === 'PUT';
    if (moment === 'arrived') {
      if (isWrite) writes += 1;
      else reads += 1;
      if (!isWrite && point?.by === 'read' && reads === point.nth) kill();
    }
    if (!isWrite) return 'go on';
    if (moment === 'served' && (status === 200 || status === 201)) onWrite(JOB_ID.exec(path)?.[1] ?? '', path);
    seen[moment] = (seen[moment] ?? 0) + 1;
    if (point?.by !== 'write' || point.moment !== moment || seen[moment] !== point.nth) return 'go on';
    kill();
    return 'cut';
  });
  const timer = point?.by === 'time' ? setTimeout(kill, point.afterMs) : null;
  const killWhenGrown = (bytes: number): void => {
    if ((newJournalBytes(site.state, before) ?? -1) >= bytes) kill();
  };
  const poll = point?.by === 'journal' ? setInterval(() => killWhenGrown(point.bytes), 1) : null;
  const [code, signal] = await ended;
  if (timer !== null) clearTimeout(timer);
  if (poll !== null) clearInterval(poll);
  await quiet(() => site.portal.requests.length + (seen.served ?? 0));
  return {
    wasKilled: signal === 'SIGKILL',
    code,
    said: await said,
    reads,
    writes,
    hadJournal: newJournalBytes(site.state, before) !== null,
  };
}

/** What had arrived before the kill is still served: until nothing moves any more. */
async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((settled) => setTimeout(settled, 25));
  }
}
