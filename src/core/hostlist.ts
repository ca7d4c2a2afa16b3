import { BrcSyncError } from './errors.js';

/** Slurm's own limit of one range, here the limit of a whole expression: nothing larger is ever built. */
export const MAX_HOSTS = 65_536;

/** No host name is longer (RFC 1035); bounds what a bracket can multiply. */
const MAX_NAME_LENGTH = 255;

/** Fifteen digits stay exact in a number; no cluster counts further. */
const MAX_RANGE_DIGITS = 15;

/**
 * What Slurm writes where a run got no nodes. Its number of nodes may still be that of the run before: so for a requeued job that is cancelled
 * while it waits [22.05.8].
 */
export const NONE_ASSIGNED = 'None assigned';

/** What Slurm writes where it knows no nodes (contract slurm.md 3). */
const NO_NODES: ReadonlySet<string> = new Set(['', NONE_ASSIGNED, '(null)', '(unknown)']);

/** Whether a node list names nodes at all. It does not check the expression. */
export function hasNodes(text: string | null): text is string {
  return text !== null && !NO_NODES.has(text.trim());
}

/**
 * The names that a Slurm node list stands for, each once, in order of first appearance; compare them as sets.
 * Several brackets are a product and a suffix after a bracket is accepted, as Slurm does since 23.11.
 *
 * @throws BrcSyncError HOSTLIST_INVALID where the expression cannot be read or names more than {@link MAX_HOSTS} hosts.
 */
export function expandHostlist(text: string): readonly string[] {
  const expression = text.trim();
  if (!hasNodes(expression)) return [];
  if (isPlainName(expression)) return [checkedLength(expression, expression)];
  const tokens = splitTokens(expression).map((token) => parseToken(token, expression));
  assertCount(tokens, expression);
  return [...new Set(tokens.flatMap(expandToken))];
}

/** From `first` to `last`, each padded to the width of the first as written. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly width: number;
}

/** A part of a name: text as it stands, or the members of a bracket (single members keep their own width). */
type Part = string | readonly (string | Range)[];

function isPlainName(expression: string): boolean {
  for (let i = 0; i < expression.length; i++) if (isSeparator(expression[i]) || isBracket(expression[i])) return false;
  return true;
}

function isSeparator(char: string | undefined): boolean {
  return char === ',' || char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

function isBracket(char: string | undefined): boolean {
  return char === '[' || char === ']';
}

/** Cuts at commas and blanks outside brackets; repeated, leading and trailing ones are tolerated, as Slurm does. */
function splitTokens(expression: string): string[] {
  const tokens: string[] = [];
  let from = 0;
  let isInside = false;
  for (let i = 0; i <= expression.length; i++) {
    const char = expression[i];
    if (char === '[') isInside = true;
    else if (char === ']') isInside = false;
    else if (i === expression.length || (!isInside && isSeparator(char))) {
      if (i > from) tokens.push(expression.slice(from, i));
      from = i + 1;
    }
  }
  return tokens;
}

function parseToken(token: string, expression: string): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  while (from < token.length) {
    const open = indexOrEnd(token, '[', from);
    const literal = token.slice(from, open);
    if (literal.includes(']')) throw invalid(expression, 'a bracket is closed that was not opened');
    if (literal !== '') parts.push(literal);
    if (open === token.length) break;
    const close = token.indexOf(']', open);
    if (close === -1) throw invalid(expression, 'a bracket is not closed');
    parts.push(parseBracket(token.slice(open + 1, close), expression));
    from = close + 1;
  }
  checkedLength(parts, expression);
  return parts;
}

function indexOrEnd(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at === -1 ? text.length : at;
}

function parseBracket(inside: string, expression: string): readonly (string | Range)[] {
  return inside.split(',').map((member) => parseMember(member, expression));
}

function parseMember(member: string, expression: string): string | Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(member);
  if (match?.[1] === undefined) throw invalid(expression, `"${shorten(member)}" in brackets is neither a number nor a range`);
  const [, low, high] = match;
  if (high === undefined) return low;
  if (low.length > MAX_RANGE_DIGITS || high.length > MAX_RANGE_DIGITS)
    throw invalid(expression, `the range ${shorten(member)} is too large`);
  const range: Range = { first: Number(low), last: Number(high), width: low.length };
  if (range.last < range.first) throw invalid(expression, `the range ${member} runs backwards`);
  return range;
}

/** Counted before anything is built, so that an absurd expression costs nothing. */
function assertCount(tokens: readonly (readonly Part[])[], expression: string): void {
  let total = 0;
  for (const parts of tokens) {
    let product = 1;
    for (const part of parts) product = Math.min(product * partCount(part), MAX_HOSTS + 1);
    total += product;
    if (total > MAX_HOSTS) throw invalid(expression, `it names more than ${MAX_HOSTS} hosts`);
  }
}

function partCount(part: Part): number {
  if (typeof part === 'string') return 1;
  return part.reduce((sum, member) => sum + (typeof member === 'string' ? 1 : member.last - member.first + 1), 0);
}

/** Returns what it was given once no name made of it can be longer than a host name may be. */
function checkedLength<T extends string | readonly Part[]>(parts: T, expression: string): T {
  const length = typeof parts === 'string' ? parts.length : parts.reduce((sum, part) => sum + partLength(part), 0);
  if (length > MAX_NAME_LENGTH) throw invalid(expression, `a name in it is longer than ${MAX_NAME_LENGTH} characters`);
  return parts;
}

function partLength(part: Part): number {
  if (typeof part === 'string') return part.length;
  return part.reduce((longest, member) => Math.max(longest, memberLength(member)), 0);
}

function memberLength(member: string | Range): number {
  return typeof member === 'string' ? member.length : Math.max(member.width, String(member.last).length);
}

function expandToken(parts: readonly Part[]): string[] {
  let names = [''];
  for (const part of parts) {
    const members = typeof part === 'string' ? [part] : part.flatMap(expandMember);
    names = names.flatMap((name) => members.map((member) => name + member));
  }
  return names;
}

function expandMember(member: string | Range): string[] {
  if (typeof member === 'string') return [member];
  return Array.from({ length: member.last - member.first + 1 }, (_, i) => String(member.first + i).padStart(member.width, '0'));
}

function invalid(expression: string, reason: string): BrcSyncError {
  return new BrcSyncError('HOSTLIST_INVALID', {
    message: `The node list "${shorten(expression)}" cannot be read: ${reason}.`,
    remedy: 'Check the node list where it comes from; `scontrol show hostnames` says what Slurm makes of it.',
    context: { nodeList: shorten(expression) },
  });
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
