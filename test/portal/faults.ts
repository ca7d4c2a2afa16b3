import { chance } from './random.js';

/** What can go wrong between a client and the portal. "after": the write took effect, and the client does not hear of it. */
export const FAULT_KINDS = [
  'reset-before',
  'reset-after',
  'hang-before',
  'hang-after',
  'status-500',
  'status-502',
  'status-503',
  'status-504-after',
  'retry-after-seconds',
  'retry-after-date',
  'truncated-json',
  'html-page',
  'expired-token',
  'duplicate-row',
  'missing-row',
  'foreign-next',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const LISTS_ONLY: ReadonlySet<FaultKind> = new Set(['duplicate-row', 'missing-row', 'foreign-next']);

export interface FaultPlan {
  readonly seed: number;
  /** Share of requests that meet a fault, 0 to 1; one in ten unless told. */
  readonly rate?: number;
  /** All of them unless told. */
  readonly kinds?: readonly FaultKind[];
  /** Share of faults that a request meets again and again, two to nine times, before it gets through; none unless told. */
  readonly stubborn?: number;
  /** After so many the portal behaves. */
  readonly most?: number;
  /** What a 429 asks for; one second unless told. */
  readonly retryAfterSeconds?: number;
}

/**
 * Decides which request meets which fault. The decision rests on the seed, the request's own words and how often these were said before:
 * the same requests meet the same faults in whatever order they arrive.
 */
export class Faults {
  readonly plan: FaultPlan;
  readonly #seen = new Map<string, number>();
  /** Until which time a request meets the same fault again. */
  readonly #stuck = new Map<string, { readonly kind: FaultKind; readonly until: number }>();
  #injected = 0;

  constructor(plan: FaultPlan) {
    this.plan = plan;
  }

  pick(method: string, url: string): FaultKind | null {
    const words = `${method} ${url}`;
    const time = (this.#seen.get(words) ?? 0) + 1;
    this.#seen.set(words, time);
    if (this.#injected >= (this.plan.most ?? Infinity)) return null;
    const kind = this.#stuckIn(words, time) ?? this.#drawn(method, url, `${words} ${time}`);
    if (kind === null) return null;
    if (!this.#stuck.has(words) && chance(`${this.plan.seed} sticks ${words} ${time}`) < (this.plan.stubborn ?? 0)) {
      this.#stuck.set(words, { kind, until: time + 1 + Math.floor(chance(`${this.plan.seed} long ${words}`) * 8) });
    }
    this.#injected += 1;
    return kind;
  }

  #stuckIn(words: string, time: number): FaultKind | null {
    const stuck = this.#stuck.get(words);
    return stuck !== undefined && time <= stuck.until ? stuck.kind : null;
  }

  #drawn(method: string, url: string, occasion: string): FaultKind | null {
    if (chance(`${this.plan.seed} meets ${occasion}`) >= (this.plan.rate ?? 0.1)) return null;
    const isList = method === 'GET' && /\/jobs\/(?:\?|$)/u.test(url);
    const kinds = (this.plan.kinds ?? FAULT_KINDS).filter((kind) => isList || !LISTS_ONLY.has(kind));
    return kinds[Math.floor(chance(`${this.plan.seed} kind ${occasion}`) * kinds.length)] ?? null;
  }
}
