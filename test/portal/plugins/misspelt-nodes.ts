/**
 * A node list as the plugins expand it: at every comma first, brackets second, so `n0[010,031].savio1` becomes `n0010` and
 * `031.savio1`. No nodes at all make one nameless node, which the portal refuses.
 */
export function misspeltNodes(nodeList: string | null): { readonly name: string }[] {
  return (nodeList ?? '').split(',').flatMap((part) => namesOf(part).map((name) => ({ name })));
}

function namesOf(part: string): string[] {
  let names = [''];
  // Plain text and ranges take turns between brackets of either kind; a half bracket leaves text in a range's place.
  for (const [index, piece] of part.split(/[[\]]/u).entries()) {
    const endings = index % 2 === 0 ? [piece] : rangeOf(piece);
    names = names.flatMap((name) => endings.map((ending) => name + ending));
  }
  return names;
}

function rangeOf(piece: string): string[] {
  const range = /^(\d+)-(\d+)$/u.exec(piece);
  if (range === null) return piece.includes('-') ? [] : [piece];
  const [first, last] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => String(first + step).padStart(range[2]!.length, '0'));
}
