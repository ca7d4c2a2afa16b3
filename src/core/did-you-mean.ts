import { closest, distance } from 'fastest-levenshtein';

/** `; did you mean "x"?` when a candidate is near, otherwise nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const candidate = nearest(word, candidates);
  return candidate === undefined ? '' : `; did you mean "${candidate}"?`;
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const candidate = closest(word.toLowerCase(), [...candidates]);
  // A third of the letters: "colfront" is near "coldfront", "log" is not near "sacct".
  const bound = Math.max(2, Math.floor(candidate.length / 3));
  return distance(word.toLowerCase(), candidate.toLowerCase()) <= bound ? candidate : undefined;
}
