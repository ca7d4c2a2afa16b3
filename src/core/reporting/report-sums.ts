import type { RunSummary } from '../report.js';
import { formatAmount, parseAmount, type Cents } from '../service-units.js';
import type { ReportedChange } from './run-changes.js';

/** What took effect, or would. Amounts are decimal texts; `suDown` has its sign. */
export interface EffectTotals {
  readonly creates: number;
  readonly updates: number;
  readonly suUp: string;
  readonly suDown: string;
  readonly suNet: string;
}

export interface AccountEffect extends EffectTotals {
  readonly account: string;
}

export interface TimelinePoint extends EffectTotals {
  /** `2026-11-22`, or `2026-11`. */
  readonly label: string;
  /** Findings that asked something of a person after the last runs of that time, by kind. */
  readonly findings: readonly { readonly kind: string; readonly count: number }[];
}

interface Sums {
  creates: number;
  updates: number;
  up: Cents;
  down: Cents;
}

const DAY_MS = 86_400_000;
/** More points than this are put together by month. */
const MOST_DAYS = 62;

/** Adds up the changes of a report, exactly. */
export class ReportSums {
  readonly #all = emptySums();
  readonly #accounts = new Map<string, Sums>();
  readonly #days = new Map<string, Sums>();
  /** By day, then by what was compared: the last run of the day counts. */
  readonly #findings = new Map<string, Map<string, RunSummary['totals']['findings']>>();
  /** Changes that did not take effect. */
  notStored = 0;
  /** Something was stored, and not only written down or planned. */
  hasApplied = false;
  hasLogged = false;

  /** @param day of the site's calendar, to which the change belongs */
  add({ change, status }: ReportedChange, day: string): void {
    if (status !== 'applied' && status !== 'logged' && status !== 'planned') {
      this.notStored += 1;
      return;
    }
    this.hasApplied ||= status === 'applied';
    this.hasLogged ||= status === 'logged';
    const difference = parseAmount(change.suDifference);
    for (const sums of [this.#all, sumsOf(this.#accounts, change.account), sumsOf(this.#days, day)]) {
      sums[change.kind === 'create' ? 'creates' : 'updates'] += 1;
      sums[difference > 0n ? 'up' : 'down'] += difference;
    }
  }

  addFindings(day: string, { action, command, totals }: RunSummary): void {
    if (action !== 'run' && action !== 'plan') return;
    let ofDay = this.#findings.get(day);
    if (ofDay === undefined) this.#findings.set(day, (ofDay = new Map<string, RunSummary['totals']['findings']>()));
    ofDay.set(command, totals.findings);
  }

  totals(): EffectTotals {
    return effectOf(this.#all);
  }

  /** Those that moved most first. */
  accounts(): AccountEffect[] {
    const gross = ({ up, down }: Sums): Cents => up - down;
    return [...this.#accounts]
      .sort(([a, one], [b, other]) => (gross(one) === gross(other) ? (a < b ? -1 : 1) : gross(one) > gross(other) ? -1 : 1))
      .map(([account, sums]) => ({ account, ...effectOf(sums) }));
  }

  timeline(): { readonly unit: 'day' | 'month'; readonly points: readonly TimelinePoint[] } {
    const days = withDaysBetween([...this.#days.keys(), ...this.#findings.keys()].sort());
    const unit = days.length > MOST_DAYS ? 'month' : 'day';
    const points = new Map<string, { sums: Sums; findings: Map<string, number> }>();
    for (const day of days) {
      const label = unit === 'day' ? day : day.slice(0, 7);
      let point = points.get(label);
      if (point === undefined) points.set(label, (point = { sums: emptySums(), findings: new Map() }));
      addSums(point.sums, this.#days.get(day));
      if (this.#findings.has(day)) point.findings = askingOf([...(this.#findings.get(day) ?? new Map()).values()].flat());
    }
    return {
      unit,
      points: [...points].map(([label, { sums, findings }]) => ({
        label,
        ...effectOf(sums),
        findings: [...findings].map(([kind, count]) => ({ kind, count })),
      })),
    };
  }
}

/** From the first to the last of some days: a day without anything is a point, too. */
function withDaysBetween(days: readonly string[]): readonly string[] {
  const [first, last] = [days[0], days.at(-1)].map((day) => Date.parse(`${day}T00:00:00Z`));
  if (first === undefined || last === undefined || Number.isNaN(first)) return [];
  return Array.from({ length: (last - first) / DAY_MS + 1 }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}

function askingOf(findings: RunSummary['totals']['findings']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, count, quiet } of findings) if (count > quiet) counts.set(kind, (counts.get(kind) ?? 0) + count - quiet);
  return counts;
}

function sumsOf(map: Map<string, Sums>, key: string): Sums {
  let sums = map.get(key);
  if (sums === undefined) map.set(key, (sums = emptySums()));
  return sums;
}

function addSums(sums: Sums, more: Sums | undefined): void {
  if (more === undefined) return;
  sums.creates += more.creates;
  sums.updates += more.updates;
  sums.up += more.up;
  sums.down += more.down;
}

function emptySums(): Sums {
  return { creates: 0, updates: 0, up: 0n, down: 0n };
}

function effectOf({ creates, updates, up, down }: Sums): EffectTotals {
  return { creates, updates, suUp: formatAmount(up), suDown: formatAmount(down), suNet: formatAmount(up + down) };
}
