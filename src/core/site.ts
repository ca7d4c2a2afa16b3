import { resolve } from 'node:path';
import { DEFAULT_GUARD, GUARD_SCHEMA, type GuardLimits } from './guard-limits.js';
import type { SiteZone } from './plugin-environment.js';

/** A price list, and from when on it is in force: site-local text such as `2026-06-01`, or null for always (money 8). */
export interface PriceListReference {
  readonly from: string | null;
  /** Absolute path. */
  readonly file: string;
}

/** Where the uids of user names are looked up (money 4): an absolute path, or this machine's user database. */
export type UserMapReference = { readonly file: string } | { readonly getent: true };

/**
 * What a site decides for everybody. Each instance has its own: the file's `site`, overridden key by key by the instance's. The sink's counts for
 * everything that is charged, compared and dated on the command line (prices, free QOSes, users, zone, allocation year, settling, runaways); the
 * source's only says how that source reads local times.
 */
export interface SiteSettings extends SiteZone {
  readonly prices: readonly PriceListReference[];
  readonly freeQos: readonly string[];
  readonly userMap: UserMapReference | null;
  /** Jobs that ended less than this many minutes ago are left to the completion plugin (money 5). */
  readonly settleMinutes: number;
  /** A job that runs for more than this many days is suspected to be a runaway (money 15). */
  readonly runawayDays: number;
  /** A --compare digest asks for a full reading when the last one is so many days ago (money 25). */
  readonly fullReadingDays: number;
  /** Limits of what a run may write without being asked (money 20). */
  readonly guard: GuardLimits;
}

/** `site` as it stands in plugins.json, after its schema. */
export interface SiteConfig extends Partial<SiteZone> {
  readonly prices?: string | readonly { readonly from?: string; readonly file: string }[];
  readonly freeQos?: readonly string[];
  readonly userMap?: UserMapReference;
  readonly settleMinutes?: number;
  readonly runawayDays?: number;
  readonly fullReadingDays?: number;
  readonly guard?: Partial<GuardLimits>;
}

export const DEFAULT_SITE: SiteSettings = {
  timeZone: 'America/Los_Angeles',
  allocationYearStart: '06-01',
  prices: [],
  freeQos: [],
  userMap: null,
  settleMinutes: 10,
  runawayDays: 30,
  fullReadingDays: 7,
  guard: DEFAULT_GUARD,
};

/** `MM-DD`. */
export const MONTH_AND_DAY =
  '^(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))$';

/** JSON Schema of `site`. It has no defaults: an instance's override must not bring them over the file's settings. */
export const SITE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    timeZone: { type: 'string', minLength: 1, examples: [DEFAULT_SITE.timeZone] },
    allocationYearStart: { type: 'string', pattern: MONTH_AND_DAY, examples: [DEFAULT_SITE.allocationYearStart, '10-01'] },
    prices: {
      type: ['string', 'array'],
      minLength: 1,
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['file'],
        properties: {
          from: { type: 'string', minLength: 1, examples: ['2026-06-01'] },
          file: { type: 'string', minLength: 1, examples: ['bank-config.toml'] },
        },
      },
      examples: ['bank-config.toml', [{ from: '2026-06-01', file: 'bank-config.toml' }]],
    },
    freeQos: { type: 'array', items: { type: 'string', minLength: 1 }, examples: [['lr_lowprio']] },
    userMap: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      properties: { file: { type: 'string', minLength: 1, examples: ['passwd'] }, getent: { enum: [true], examples: [true] } },
      examples: [{ file: 'passwd' }, { getent: true }],
    },
    settleMinutes: { type: 'integer', minimum: 0, examples: [DEFAULT_SITE.settleMinutes] },
    runawayDays: { type: 'integer', minimum: 1, examples: [DEFAULT_SITE.runawayDays] },
    fullReadingDays: { type: 'integer', minimum: 1, examples: [DEFAULT_SITE.fullReadingDays] },
    guard: GUARD_SCHEMA,
  },
} as const;

/** What no schema can say of a `site`: its key, what is wrong, and a value that would pass. */
export function siteProblems(site: SiteConfig): { readonly key: keyof SiteConfig; readonly what: string; readonly example: unknown }[] {
  const problems: ReturnType<typeof siteProblems> = [];
  if (site.timeZone !== undefined && !isTimeZone(site.timeZone)) {
    problems.push({ key: 'timeZone', what: 'is not a time zone of the IANA database', example: DEFAULT_SITE.timeZone });
  }
  return problems;
}

/** `site` with an override laid over it, key by key; paths of the override count from the base directory. */
export function mergeSite(site: SiteSettings, override: SiteConfig, baseDirectory: string): SiteSettings {
  const { prices, userMap, guard, ...plain } = override;
  const absolute = (file: string): string => resolve(baseDirectory, file);
  return {
    ...site,
    ...plain,
    guard: { ...site.guard, ...guard },
    ...(prices === undefined ? {} : { prices: priceListReferences(prices, absolute) }),
    ...(userMap === undefined ? {} : { userMap: 'file' in userMap ? { file: absolute(userMap.file) } : userMap }),
  };
}

function priceListReferences(prices: NonNullable<SiteConfig['prices']>, absolute: (file: string) => string): PriceListReference[] {
  if (typeof prices === 'string') return [{ from: null, file: absolute(prices) }];
  return prices.map((entry) => ({ from: entry.from ?? null, file: absolute(entry.file) }));
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    // An offset such as +07:00 has no summer time: a site's dates would shift by an hour for half the year.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
