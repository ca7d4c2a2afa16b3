import type { Window } from '../window.js';

/** One question about time: these accounts, in this window. */
export interface Stretch {
  readonly accounts: readonly string[];
  readonly window: Window;
}

/** Accounts whose windows begin this close together are asked from the first beginning on; what is too much is dropped. */
const TOGETHER_SECONDS = 90 * 86_400;

/**
 * Cuts the union of some accounts' windows, which all end together, into stretches that follow one another, each for the accounts that have
 * begun: so nobody's last ten years are read because one of the others has an allocation as old as that.
 */
export function stretchesOf(windows: ReadonlyMap<string, Window>): Stretch[] {
  const to = Math.max(...[...windows.values()].map((window) => window.to));
  const begins = [...new Set([...windows.values()].map((window) => Math.min(window.from, to)))].sort((a, b) => a - b);
  const cuts: number[] = [];
  for (const begin of begins) if (begin >= (cuts.at(-1) ?? -Infinity) + TOGETHER_SECONDS) cuts.push(begin);
  return cuts.map((from, index) => {
    const end = cuts[index + 1] ?? to;
    const isLast = index === cuts.length - 1;
    const accounts = [...windows].filter(([, window]) => isLast || window.from < end).map(([account]) => account);
    return { accounts, window: { from, to: end } };
  });
}
