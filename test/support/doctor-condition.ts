import { execFileSync } from 'node:child_process';
import type { DoctorSite } from './doctor-site.js';

/** Something that is wrong at a site, and how its remedy is followed. */
export interface Condition {
  readonly title: string;
  /** Which check tells it. */
  readonly check: string;
  readonly level: 'warning' | 'failure';
  readonly exit?: 6;
  readonly says: RegExp;
  readonly remedy: RegExp;
  readonly break: (site: DoctorSite) => unknown;
  /** What the remedy says; given the check's remedy. */
  readonly mend: (site: DoctorSite, remedy: string) => unknown;
}

/** Runs the command in which a remedy ends. */
export function follow(_site: unknown, remedy: string): void {
  const command = /(?:chmod|chown|rm|mv) .*$/.exec(remedy)?.[0].replace(/\), .*$/, '') ?? '';
  execFileSync('sh', ['-c', command]);
}
