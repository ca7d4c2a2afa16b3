import type { JobView } from '../portal/job.js';
import type { Portal } from '../portal/portal.js';
import { formatCents } from '../portal/decimal.js';
import { centsOf } from './books.js';

/** How a record is made wrong: by a whole PUT with all dates, so that usage follows (contract portal-coldfront.md, charging). */
export type Mischief = (job: JobView) => Readonly<Record<string, unknown>>;

export const DEARER: Mischief = (job) => ({ amount: formatCents(centsOf(job) + 1234n) });
export const CHEAPER: Mischief = (job) => ({ amount: formatCents(centsOf(job) - 1n) });
export const HALVED: Mischief = (job) => ({ amount: formatCents(centsOf(job) / 2n) });
export const ENDED_LATER: Mischief = (job) => ({ enddate: shifted(job.enddate, 600), amount: formatCents(centsOf(job) + 200n) });
export const STARTED_LATER: Mischief = (job) => ({ startdate: job.enddate });
export const MORE_CPUS: Mischief = (job) => ({ num_cpus: (job.num_cpus ?? 0) * 2 });
export const OTHER_QOS: Mischief = () => ({ qos: 'elsewhere' });
/** By staff: the job shall cost nothing (money 14). */
export const ZEROED: Mischief = () => ({ amount: '0.00' });

/** Times written as the clock of California shows them, and called UTC. */
export function localTimeAsUtc(hoursBehind: number): Mischief {
  return (job) => {
    const seconds = -3600 * hoursBehind;
    return {
      submitdate: shifted(job.submitdate, seconds),
      startdate: shifted(job.startdate, seconds),
      enddate: shifted(job.enddate, seconds),
    };
  };
}

export function spoil(portal: Portal, jobId: string, mischief: Mischief): void {
  const job = portal.job(jobId);
  if (job === null) throw new Error(`job ${jobId} has no record to spoil`);
  portal.put({ ...job, ...mischief(job) });
}

function shifted(time: string | null, seconds: number): string {
  if (time === null) throw new Error('a record without that time');
  return new Date(Date.parse(time) + seconds * 1000).toISOString();
}
