import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import { allocationYearStart } from '../period.js';
import { findPriceLists, loadPriceLists, type PriceList, type PriceLists } from '../prices.js';
import type { SiteSettings } from '../site.js';
import { failure, failureOf, ok, warning, type Check } from './check.js';

export interface PricesQuestion {
  readonly site: SiteSettings;
  readonly now: Instant;
  /** Partitions that Slurm has; null: no source can tell. */
  readonly partitions: readonly string[] | null;
}

/** Whether the price lists of a sink can be read, since when they hold, and what they lack. */
export async function checkPrices(sink: string, { site, now, partitions }: PricesQuestion): Promise<Check[]> {
  const name = `${sink} prices`;
  const references = findPriceLists(site.prices, process.cwd());
  if (references.length === 0) {
    return [failure(name, 'there is no price list', 'Add "prices": "bank-config.toml" to "site" in plugins.json.')];
  }
  let lists: PriceLists;
  try {
    lists = await loadPriceLists(references, { baseDirectory: process.cwd(), timeZone: site.timeZone });
  } catch (error) {
    return [failureOf(name, error)];
  }
  const inForce = lists.lists.findLast(({ from }) => from === null || from <= now);
  if (inForce === undefined) return [noneInForce(name, lists)];
  return [datesCheck(name, lists, { site, now, inForce }), ...withCapitals(name, inForce), ...unpriced(name, inForce, partitions)];
}

function noneInForce(name: string, { lists }: PriceLists): Check {
  const first = lists[0]?.from ?? 0;
  return failure(
    name,
    `no list is in force: the first begins ${formatInstant(first)}`,
    'Add the list that holds now to "prices", in front of the others.',
  );
}

interface Dates {
  readonly site: SiteSettings;
  readonly now: Instant;
  readonly inForce: PriceList;
}

function datesCheck(name: string, { lists }: PriceLists, { site, now, inForce }: Dates): Check {
  const oldest = lists[0]?.from ?? null;
  const yearStart = allocationYearStart(now, site);
  if (oldest !== null && oldest > yearStart) {
    return warning(
      name,
      `no list covers what ended before ${formatInstant(oldest)}, and the allocation year began ${formatInstant(yearStart)}`,
      'Add the older list to "prices", in front of the others: a job that ended before the first one is an error.',
    );
  }
  const since = inForce.from === null ? 'always' : `from ${formatInstant(inForce.from)}`;
  const next = lists.find(({ from }) => from !== null && from > now);
  const later = next?.from == null ? '' : `; the next begins ${formatInstant(next.from)}`;
  const undated = lists.length === 1 ? '; no date, so that it prices old jobs, too' : '';
  const count = inForce.knownPartitions.length;
  const partitions = `${count} ${count === 1 ? 'partition' : 'partitions'}`;
  return ok(name, `${inForce.file}: ${partitions}, in force ${since}${inForce.from === null ? undated : ''}${later}`);
}

/** Money 8: names are matched exactly, and the completion plugin prices a name with capitals at 0. */
function withCapitals(name: string, { knownPartitions, file }: PriceList): Check[] {
  const odd = knownPartitions.filter((partition) => /\p{Lu}/u.test(partition));
  if (odd.length === 0) return [];
  const message = `names with capitals, which the completion plugin prices at 0: ${odd.join(', ')}`;
  return [warning(name, message, `Write the name in small letters, in slurm.conf and in ${file}.`)];
}

function unpriced(name: string, { knownPartitions, file }: PriceList, partitions: readonly string[] | null): Check[] {
  if (partitions === null) return [];
  const missing = partitions.filter((partition) => !knownPartitions.includes(partition));
  if (missing.length === 0) return [ok(partitionsOf(name), `each of the ${partitions.length} that Slurm has is priced`)];
  const named = missing.map((partition) => {
    const alike = knownPartitions.find((known) => known.toLowerCase() === partition.toLowerCase());
    return alike === undefined ? partition : `${partition} (the list has ${alike})`;
  });
  const message = `without a price, so that their jobs cost 0.00: ${named.join(', ')}`;
  return [warning(partitionsOf(name), message, `Add them to [PartitionPrice] of ${file}, under their exact names; 0 makes one free.`)];
}

function partitionsOf(name: string): string {
  return name.replace(/prices$/, 'partitions');
}
