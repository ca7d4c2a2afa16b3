import type { Window } from '../window.js';
import { minus, sumsAgree, type ExpectedSums, type Theirs } from './digest-sums.js';

/** So few records are read rather than summed again: a list of them costs the sink about as much as its totals. */
const SMALL = 50;
/** Past so many questions an account differs in too many places to look for each. */
const MOST_QUESTIONS = 48;

/**
 * The parts of a window in which the sums differ, small enough to read; none where the whole agrees.
 * @param whole the sink's sums of the window
 * @param ask the sink's sums of a part of it
 */
export async function unequalWindows(
  window: Window,
  whole: Theirs,
  expected: ExpectedSums,
  ask: (part: Window) => Promise<Theirs>,
): Promise<readonly Window[]> {
  const found: Window[] = [];
  const queue = [{ part: window, theirs: whole }];
  let questions = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { part, theirs } = next;
    const ours = expected.within(part);
    if (sumsAgree(theirs, ours)) continue;
    if (Math.max(theirs.count, ours.count) <= SMALL || part.to - part.from <= 1 || questions >= MOST_QUESTIONS) {
      found.push(part);
      continue;
    }
    const middle = expected.middle(part);
    const [left, right] = [
      { from: part.from, to: middle },
      { from: middle, to: part.to },
    ];
    questions += 1;
    const leftSums = await ask(left);
    queue.push({ part: left, theirs: leftSums }, { part: right, theirs: minus(theirs, leftSums) });
  }
  return joined(found);
}

/** Neighbours in one. */
function joined(windows: readonly Window[]): readonly Window[] {
  const all: Window[] = [];
  for (const window of [...windows].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last?.to === window.from) all[all.length - 1] = { from: last.from, to: window.to };
    else all.push(window);
  }
  return all;
}
