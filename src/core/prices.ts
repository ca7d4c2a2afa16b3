import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BrcSyncError } from './errors.js';
import { formatInstant } from './instants.js';
import type { Instant } from './job.js';
import { parseCommandTime } from './period.js';
import { parsePriceFile } from './price-file.js';
import type { Price } from './service-units.js';
import type { PriceListReference } from './site.js';

/** `prices` of plugins.json: one file for all times, or dated ones in order (money 8). */
export type PricesSetting = string | readonly DatedFile[];

interface DatedFile {
  /** The first instant at which the list holds: a date (its midnight) or a time, in the site's zone unless it says otherwise; null: always. */
  readonly from: string | null;
  readonly file: string;
}

/** Prices as they were in force from one instant on. */
export interface PriceList {
  /** Null: always. */
  readonly from: Instant | null;
  readonly file: string;
  readonly knownPartitions: readonly string[];
  /** SHA-256 of the price table alone: the same for two files that price alike, whatever else they hold. */
  readonly digest: string;
  /** Of the partition with exactly this name; null when the list does not have it (money 8: it costs 0.00 and is a finding). */
  price(partition: string): Price | null;
}

export interface PriceLists {
  /** Oldest first. */
  readonly lists: readonly PriceList[];
  /** SHA-256 of the lists and their dates. */
  readonly digest: string;
  /**
   * The list in force at this instant, which for a job is its end.
   * @throws BrcSyncError PRICE_MISSING before the first list.
   */
  at(instant: Instant): PriceList;
}

export interface PricesOptions {
  /** Where relative paths count from: the directory of plugins.json. */
  readonly baseDirectory: string;
  readonly timeZone: string;
}

/** Where Slurm's banking plugins have their price list. */
export const SLURM_PRICES = '/etc/slurm/bank-config.toml';

/** What the configuration names; where it names none, the price list of the working directory, else that of Slurm; empty: there is none. */
export function findPriceLists(
  configured: readonly PriceListReference[],
  workingDirectory: string,
  system = SLURM_PRICES,
): readonly PriceListReference[] {
  if (configured.length > 0) return configured;
  const found = [resolve(workingDirectory, 'bank-config.toml'), system].find((file) => existsSync(file));
  return found === undefined ? [] : [{ from: null, file: found }];
}

/**
 * Reads the dated price lists.
 * @throws BrcSyncError INPUT_NOT_FOUND for a file that cannot be read, PRICES_INVALID for one that is no price list, and for dates out of order.
 */
export async function loadPriceLists(setting: PricesSetting, { baseDirectory, timeZone }: PricesOptions): Promise<PriceLists> {
  if (typeof setting === 'string') return priceLists([await loadPriceList(resolve(baseDirectory, setting), null)]);
  const starts = setting.map(({ from }, index) => (from === null ? null : readStart(from, index, timeZone)));
  assertAscending(setting, starts);
  return priceLists(
    await Promise.all(setting.map(({ file }, index) => loadPriceList(resolve(baseDirectory, file), starts[index] ?? null))),
  );
}

function priceLists(lists: readonly PriceList[]): PriceLists {
  const newestFirst = lists.toReversed();
  return {
    lists,
    digest: sha256(lists.map(({ from, digest }) => [from, digest])),
    at(instant) {
      for (const list of newestFirst) if (list.from === null || instant >= list.from) return list;
      throw missingPrice(instant, lists[0]);
    },
  };
}

async function loadPriceList(file: string, from: Instant | null): Promise<PriceList> {
  const prices = parsePriceFile(await readPriceFile(file), file);
  const knownPartitions = [...prices.keys()].sort();
  return {
    from,
    file,
    knownPartitions,
    digest: sha256(knownPartitions.map((partition) => [partition, prices.get(partition)])),
    price: (partition) => prices.get(partition) ?? null,
  };
}

async function readPriceFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new BrcSyncError('INPUT_NOT_FOUND', {
      message: `The price file ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      remedy: 'Point "prices" (or --prices) at a bank-config.toml that this user may read; relative paths count from plugins.json.',
      context: { file },
      cause,
    });
  }
}

function readStart(from: string, index: number, timeZone: string): Instant {
  try {
    return parseCommandTime(from, { timeZone, bound: 'start' });
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'TIME_INVALID') throw error;
    throw invalidDates(`prices[${index}].from: ${error.message}`, error.remedy, { key: `prices[${index}].from`, value: from });
  }
}

function assertAscending(setting: readonly DatedFile[], starts: readonly (Instant | null)[]): void {
  if (setting.length === 0) throw invalidDates('"prices" has no list.', 'Name at least one price file.', { key: 'prices' });
  starts.forEach((start, index) => {
    const previous = starts[index - 1];
    if (previous === undefined || (start ?? 0) > (previous ?? 0)) return;
    const [earlier, later] = [setting[index - 1]?.from ?? 'always', setting[index]?.from ?? 'always'];
    const why = start === previous ? 'is the same time as' : 'comes before';
    throw invalidDates(
      `prices[${index}].from: ${JSON.stringify(later)} ${why} ${JSON.stringify(earlier)} of the list above it.`,
      'List the price files in order of "from", the oldest first, each time once.',
      { key: `prices[${index}].from`, value: later },
    );
  });
}

function invalidDates(message: string, remedy: string, context: { readonly key: string; readonly value?: string }): BrcSyncError {
  return new BrcSyncError('PRICES_INVALID', { message, remedy, context });
}

function missingPrice(instant: Instant, oldest: PriceList | undefined): BrcSyncError {
  const first = oldest?.from === null || oldest === undefined ? 'none' : formatInstant(oldest.from);
  return new BrcSyncError('PRICE_MISSING', {
    message: `No price list was in force at ${formatInstant(instant)}; the oldest one starts at ${first}.`,
    remedy: 'Add the list of that time to "prices" with its "from" date, or choose a later --start.',
    context: { at: formatInstant(instant), oldestFrom: first },
  });
}

function sha256(table: unknown): string {
  return createHash('sha256').update(JSON.stringify(table)).digest('hex');
}
