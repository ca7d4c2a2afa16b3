/** `[PartitionPrice]` of the plugins' settings: decimal texts, SU per CPU-hour. */
export type PartitionPrices = Readonly<Record<string, string>>;

/** The plugins' numbers: an integer below 2^96 and at most 28 decimals. */
interface Number96 {
  readonly mantissa: bigint;
  readonly scale: number;
}
const MANTISSA_LIMIT = 2n ** 96n;
const MOST_DECIMALS = 28;

/**
 * What the plugins charge, in hundredths of SU. Seconds become hours first, cut where the decimals end, so half a cent can come out a
 * cent low (contract plugins.md); the price's key was lower-cased by their reader, and a partition that is not found costs 0.
 */
export function pluginCost(prices: PartitionPrices, partition: string, cpuCount: number, seconds: number): bigint {
  const rate = times(pluginPrice(prices, partition), { mantissa: BigInt(cpuCount), scale: 0 });
  const { mantissa, scale } = times(rate, hoursOf(seconds));
  if (scale <= 2) return mantissa * 10n ** BigInt(2 - scale);
  return divideHalfUp(mantissa, 10n ** BigInt(scale - 2));
}

function pluginPrice(prices: PartitionPrices, partition: string): Number96 {
  const lowered = new Map(Object.entries(prices).map(([name, price]) => [name.toLowerCase(), price]));
  const [whole = '0', decimals = ''] = (lowered.get(partition) ?? '0').split('.');
  return { mantissa: BigInt(whole + decimals), scale: decimals.length };
}

function hoursOf(seconds: number): Number96 {
  let scale = MOST_DECIMALS;
  let mantissa = (BigInt(seconds) * 10n ** BigInt(scale)) / 3600n;
  while (mantissa >= MANTISSA_LIMIT) {
    scale -= 1;
    mantissa = (BigInt(seconds) * 10n ** BigInt(scale)) / 3600n;
  }
  return { mantissa, scale };
}

function times(a: Number96, b: Number96): Number96 {
  const exact = a.mantissa * b.mantissa;
  const decimals = a.scale + b.scale;
  let dropped = Math.max(0, decimals - MOST_DECIMALS);
  while (divideHalfUp(exact, 10n ** BigInt(dropped)) >= MANTISSA_LIMIT) dropped += 1;
  return { mantissa: divideHalfUp(exact, 10n ** BigInt(dropped)), scale: decimals - dropped };
}

function divideHalfUp(value: bigint, divisor: bigint): bigint {
  return (2n * value + divisor) / (2n * divisor);
}
