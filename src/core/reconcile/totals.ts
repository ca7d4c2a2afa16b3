import type { Change } from '../change.js';
import type { Finding, FindingKind } from '../finding.js';
import type { SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, parseAmount, type Cents } from '../service-units.js';
import { outsideAllocation } from './facts.js';

/** Sums over the records that were read of one account or user, before and after the plan. Decimal texts. */
export interface ControlTotals {
  readonly records: number;
  readonly amountBefore: string;
  readonly amountAfter: string;
  /** Of these, what lies inside the allocation's dates: what the portal would have charged (money 24). Null where the sink cannot tell the dates. */
  readonly chargedBefore: string | null;
  readonly chargedAfter: string | null;
}

export interface AccountTotals extends ControlTotals {
  readonly account: string;
  readonly creates: number;
  readonly updates: number;
  readonly suUp: string;
  readonly suDown: string;
  readonly suNet: string;
  /** Stored by the plan outside the allocation's dates, where no usage moves (money 16). */
  readonly recordedNotCharged: string;
  readonly users: readonly (ControlTotals & { readonly userId: string })[];
}

/** Changes of one kind. */
export interface KindTotals {
  readonly kind: Change['kind'];
  readonly count: number;
  readonly suUp: string;
  readonly suDown: string;
  readonly suNet: string;
}

export interface FindingTotals {
  readonly kind: FindingKind;
  readonly count: number;
  /** How many of them are facts that ask nothing of anyone. */
  readonly quiet: number;
  readonly suAtStake: string;
}

/** The last line of a plan, and the ground of the summary. */
export interface PlanTotals {
  readonly jobsRead: number;
  readonly recordsRead: number;
  /** Records that were only counted and summed (--compare digest). */
  readonly recordsSummed: number;
  /** Records that agree with their job. */
  readonly equal: number;
  /** Records that agree but for details, which were not sent. */
  readonly detailOnly: number;
  readonly creates: number;
  readonly updates: number;
  readonly suUp: string;
  readonly suDown: string;
  readonly suNet: string;
  readonly kinds: readonly KindTotals[];
  readonly recordedNotCharged: string;
  readonly findings: readonly FindingTotals[];
  readonly accounts: readonly AccountTotals[];
}

interface Sums {
  records: number;
  before: Cents;
  difference: Cents;
  chargedBefore: Cents;
  chargedDifference: Cents;
}

interface AccountSums extends Sums {
  creates: number;
  updates: number;
  up: Cents;
  down: Cents;
  notCharged: Cents;
  users: Map<string, Sums>;
}

/** Adds up a plan while it is made. */
export class TotalsCounter {
  readonly #accounts = new Map<string, AccountSums>();
  readonly #kinds = { create: { count: 0, up: 0n, down: 0n }, update: { count: 0, up: 0n, down: 0n } };
  readonly #findings = new Map<FindingKind, { count: number; quiet: number; su: Cents }>();
  readonly #allocations: ReadonlyMap<string, SinkAccount> | null;

  constructor(allocations: ReadonlyMap<string, SinkAccount> | null) {
    this.#allocations = allocations;
  }

  /** A record that was read, whatever becomes of it. */
  addRecord(record: SinkRecord): void {
    const amount = parseAmount(record.amount);
    const charged = this.#isCharged(record);
    const account = this.#accountOf(record.account);
    for (const sums of [account, userOf(account, record.userId)]) {
      sums.records += 1;
      sums.before += amount;
      if (charged) sums.chargedBefore += amount;
    }
  }

  addChange(change: Change): void {
    const difference = parseAmount(change.suDifference);
    const { before, after } = change;
    const chargedBefore = before !== null && this.#isCharged(before) ? parseAmount(before.amount) : 0n;
    const chargedAfter = this.#isCharged(after) ? parseAmount(after.amount) : 0n;
    const account = this.#accountOf(change.account);
    for (const sums of [account, userOf(account, change.userId)]) {
      if (before === null) sums.records += 1;
      sums.difference += difference;
      sums.chargedDifference += chargedAfter - chargedBefore;
    }
    if (change.kind === 'create') account.creates += 1;
    else account.updates += 1;
    const kind = this.#kinds[change.kind];
    kind.count += 1;
    for (const moved of [account, kind]) {
      if (difference > 0n) moved.up += difference;
      else moved.down += difference;
    }
    if (!this.#isCharged(after)) account.notCharged += parseAmount(after.amount);
  }

  addFinding(finding: Finding): void {
    const total = this.#findings.get(finding.kind) ?? { count: 0, quiet: 0, su: 0n };
    total.count += 1;
    if (finding.quiet) total.quiet += 1;
    total.su += parseAmount(finding.suAtStake);
    this.#findings.set(finding.kind, total);
  }

  totals(counts: {
    readonly jobsRead: number;
    readonly recordsSummed: number;
    readonly equal: number;
    readonly detailOnly: number;
  }): PlanTotals {
    const known = this.#allocations !== null;
    const entries = [...this.#accounts].sort(([a], [b]) => (a < b ? -1 : 1));
    const sum = (of: (sums: AccountSums) => Cents): string => formatAmount(entries.reduce((total, [, sums]) => total + of(sums), 0n));
    const count = (of: (sums: AccountSums) => number): number => entries.reduce((total, [, sums]) => total + of(sums), 0);
    return {
      jobsRead: counts.jobsRead,
      recordsRead: count((sums) => sums.records - sums.creates),
      recordsSummed: counts.recordsSummed,
      equal: counts.equal,
      detailOnly: counts.detailOnly,
      creates: count((sums) => sums.creates),
      updates: count((sums) => sums.updates),
      suUp: sum((sums) => sums.up),
      suDown: sum((sums) => sums.down),
      suNet: sum((sums) => sums.difference),
      kinds: (['create', 'update'] as const).map((kind) => kindTotals(kind, this.#kinds[kind])),
      recordedNotCharged: sum((sums) => sums.notCharged),
      findings: [...this.#findings]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, total]) => ({ kind, count: total.count, quiet: total.quiet, suAtStake: formatAmount(total.su) })),
      accounts: entries.map(([account, sums]) => accountTotals(account, sums, known)),
    };
  }

  #isCharged(record: SinkRecord): boolean {
    if (record.startedAt === null) return false;
    return outsideAllocation(record.account, record.startedAt, record.endedAt, this.#allocations) === null;
  }

  #accountOf(name: string): AccountSums {
    let sums = this.#accounts.get(name);
    if (sums === undefined) {
      sums = { ...emptySums(), creates: 0, updates: 0, up: 0n, down: 0n, notCharged: 0n, users: new Map() };
      this.#accounts.set(name, sums);
    }
    return sums;
  }
}

function userOf(account: AccountSums, userId: string | null): Sums {
  const key = userId ?? '';
  let sums = account.users.get(key);
  if (sums === undefined) account.users.set(key, (sums = emptySums()));
  return sums;
}

function emptySums(): Sums {
  return { records: 0, before: 0n, difference: 0n, chargedBefore: 0n, chargedDifference: 0n };
}

function kindTotals(kind: Change['kind'], { count, up, down }: { count: number; up: Cents; down: Cents }): KindTotals {
  return { kind, count, suUp: formatAmount(up), suDown: formatAmount(down), suNet: formatAmount(up + down) };
}

function accountTotals(account: string, sums: AccountSums, known: boolean): AccountTotals {
  return {
    account,
    ...controlTotals(sums, known),
    creates: sums.creates,
    updates: sums.updates,
    suUp: formatAmount(sums.up),
    suDown: formatAmount(sums.down),
    suNet: formatAmount(sums.difference),
    recordedNotCharged: formatAmount(known ? sums.notCharged : 0n),
    users: [...sums.users].sort(([a], [b]) => (a < b ? -1 : 1)).map(([userId, user]) => ({ userId, ...controlTotals(user, known) })),
  };
}

function controlTotals(sums: Sums, known: boolean): ControlTotals {
  return {
    records: sums.records,
    amountBefore: formatAmount(sums.before),
    amountAfter: formatAmount(sums.before + sums.difference),
    chargedBefore: known ? formatAmount(sums.chargedBefore) : null,
    chargedAfter: known ? formatAmount(sums.chargedBefore + sums.chargedDifference) : null,
  };
}
