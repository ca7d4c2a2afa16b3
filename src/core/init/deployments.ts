import type { SiteZone } from '../plugin-environment.js';

/** What is known of a portal before anybody is asked. */
export interface Deployment {
  readonly title: string;
  /** Name of the sink instance. */
  readonly sink: string;
  /** Null: nobody knows it. */
  readonly baseUrl: string | null;
  readonly site: SiteZone;
  /** Of the plugin's configuration, what differs from its defaults. */
  readonly config: Readonly<Record<string, unknown>>;
}

const LAWRENCIUM = 'LAWRENCIUM Compute';

export const DEPLOYMENTS = {
  mybrc: {
    title: 'MyBRC',
    sink: 'mybrc',
    baseUrl: 'https://mybrc.brc.berkeley.edu/api/',
    site: { timeZone: 'America/Los_Angeles', allocationYearStart: '06-01' },
    config: {},
  },
  mylrc: {
    title: 'MyLRC',
    sink: 'mylrc',
    baseUrl: 'https://mylrc.lbl.gov/api/',
    site: { timeZone: 'America/Los_Angeles', allocationYearStart: '10-01' },
    config: { computeResources: { ac: LAWRENCIUM, lr: LAWRENCIUM, pc: LAWRENCIUM }, periodicPrefixes: ['pc'] },
  },
  other: {
    title: 'another ColdFront with the same API',
    sink: 'portal',
    baseUrl: null,
    site: { timeZone: 'America/Los_Angeles', allocationYearStart: '06-01' },
    config: {},
  },
} as const satisfies Readonly<Record<string, Deployment>>;

export type DeploymentName = keyof typeof DEPLOYMENTS;
export const DEPLOYMENT_NAMES = Object.keys(DEPLOYMENTS) as readonly DeploymentName[];
