import type { PortalJob } from './job.js';
import { sequence } from './random.js';

/**
 * Part of a list ordered by start only. Jobs that start together have no order of their own, so each request (`serial`) shuffles them
 * anew: a job can repeat on, or fall between, two pages.
 */
export function sliceWithTies(jobs: readonly PortalJob[], from: number, to: number, serial: number): PortalJob[] {
  const slice: PortalJob[] = [];
  let index = from;
  while (index < to) {
    const start = jobs[index]!.startdate;
    let first = index;
    while (first > 0 && jobs[first - 1]!.startdate === start) first -= 1;
    let end = index + 1;
    while (end < jobs.length && jobs[end]!.startdate === start) end += 1;
    const stop = Math.min(end, to);
    const tied = end - first === 1 ? [jobs[first]!] : shuffled(jobs.slice(first, end), serial);
    slice.push(...tied.slice(index - first, stop - first));
    index = stop;
  }
  return slice;
}

function shuffled(jobs: PortalJob[], serial: number): PortalJob[] {
  const random = sequence(serial * 2654435761);
  for (let last = jobs.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [jobs[last], jobs[other]] = [jobs[other]!, jobs[last]!];
  }
  return jobs;
}
