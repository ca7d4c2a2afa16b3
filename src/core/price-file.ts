import { parse, TomlDate, TomlError } from 'smol-toml';
import { BrcSyncError } from './errors.js';
import { parsePrice, type Price } from './service-units.js';

const TABLE = 'PartitionPrice';

/**
 * The table `[PartitionPrice]` of a `bank-config.toml`: partition → service units per CPU hour. The file also holds the portal's token, so nothing of
 * it reaches a message but what stands in this table, and of that no text that could be a secret on the wrong line.
 * @throws BrcSyncError PRICES_INVALID naming the file, and line and column or the partitions at fault, all of them at once.
 */
export function parsePriceFile(toml: string, file: string): ReadonlyMap<string, Price> {
  const table = parseToml(toml, file)[TABLE];
  if (!isTable(table)) {
    throw invalidFile(file, table === undefined ? `has no table [${TABLE}]` : `has a ${TABLE} that is no table`, { key: TABLE });
  }
  const prices = new Map<string, Price>();
  const problems: Problem[] = [];
  for (const [partition, value] of Object.entries(table)) {
    const price = readPrice(partition, value);
    if (typeof price === 'number') prices.set(partition, price);
    else problems.push(price);
  }
  const [first] = problems;
  if (first !== undefined)
    throw invalidFile(file, problems.map((problem) => problem.message).join('; '), { key: first.key, value: first.value });
  if (prices.size === 0) throw invalidFile(file, `has no partition in [${TABLE}]`, { key: TABLE });
  return prices;
}

interface Problem {
  readonly key: string;
  readonly value: string;
  readonly message: string;
}

function parseToml(toml: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Neither the library's message nor the error as cause: both quote the lines around, and one of them may be the token.
    throw new BrcSyncError('PRICES_INVALID', {
      message: `${file} is not valid TOML at line ${error.line}, column ${error.column}.`,
      remedy: 'Correct that line; it is not shown here, since the file may hold a token.',
      context: { file, line: error.line, column: error.column },
    });
  }
}

function readPrice(partition: string, value: unknown): Price | Problem {
  const key = `${TABLE}.${partition}`;
  const shown = showValue(value);
  if (typeof value !== 'number') return { key, value: shown, message: `${key} is ${shown}, not a number` };
  try {
    return parsePrice(value);
  } catch (error) {
    if (!(error instanceof BrcSyncError)) throw error;
    return { key, value: shown, message: `${key} is ${shown}, not a price` };
  }
}

/** A value as it may be shown: numbers and what looks like one, of anything else only the kind. */
function showValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return /^[-+.,\d\s]{0,12}$/.test(value) ? JSON.stringify(value) : 'a text';
  if (value instanceof TomlDate) return 'a date';
  return Array.isArray(value) ? 'an array' : 'a table (quote a partition name that has a dot)';
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlDate);
}

function invalidFile(file: string, why: string, context: { readonly key: string; readonly value?: string }): BrcSyncError {
  return new BrcSyncError('PRICES_INVALID', {
    message: `${file}: ${why}.`,
    remedy: `Give [${TABLE}] one line a partition, a number of service units per CPU hour with at most 6 decimals, such as savio = 0.75.`,
    context: { file, ...context },
  });
}
