import type { Derivation } from './derivation.js';

/** How an amount comes about, in one or two sentences. */
export function derivationText(charge: Derivation, show: (instant: string) => string): string[] {
  const since = charge.priceList.from === null ? 'in force always' : `in force from ${show(charge.priceList.from)}`;
  const list = `Price list ${charge.priceList.file}, ${since}; it counts what ended ${show(charge.endedAt)}.`;
  const factors = `${charge.price ?? 'no price'} × ${charge.cpuCount} CPUs × ${charge.seconds} s (${show(charge.startedAt)} to ${show(charge.endedAt)}) ÷ 3600`;
  const free = {
    'never-ran': 'It never had nodes, so it costs 0.00.',
    'free-qos': `QOS ${charge.qos} is free, so it costs 0.00.`,
    'no-price': `Partition ${charge.partition} has no price, so it costs 0.00.`,
  };
  if (charge.free !== null) return [free[charge.free], list];
  const tie =
    charge.orLower === null ? '' : ` Exactly half a cent: the completion plugin may have written ${charge.orLower}, which is as good.`;
  return [`Partition ${charge.partition}: ${factors} = ${charge.unrounded}, half-up ${charge.amount} SU.${tie}`, list];
}
