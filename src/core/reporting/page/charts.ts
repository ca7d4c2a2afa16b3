import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { visibleText } from '../../visible-text.js';
import type { AccountEffect, TimelinePoint } from '../report-sums.js';
import { markup, Markup } from './markup.js';

/** Wide, and for a telephone: the page shows one of them. */
const WIDTHS = { wide: 1160, narrow: 340 } as const;
const ACCOUNTS_SHOWN = 20;
const LONGEST_LABEL = 22;
/** More kinds of findings than colours: the rest is one kind. */
const KINDS_SHOWN = 5;

export const CHARTED_ACCOUNTS = ACCOUNTS_SHOWN;

/** SU up and down, a row an account. */
export function accountChart(accounts: readonly AccountEffect[]): Markup {
  const shown = accounts.slice(0, ACCOUNTS_SHOWN);
  const bars = shown.flatMap(({ account, suUp, suDown }) => [
    { account, su: Number(suUp), way: 'up' },
    { account, su: Number(suDown), way: 'down' },
  ]);
  const left = 16 + 8 * Math.max(0, ...shown.map(({ account }) => label(account).length));
  return bothWidths((width) =>
    Plot.plot({
      ...common(width),
      marginLeft: left,
      x: { label: null, grid: true, nice: true, ticks: width / 110, tickFormat: shortNumber },
      y: { label: null, domain: shown.map(({ account }) => account), tickFormat: label, tickSize: 0 },
      color: { domain: ['up', 'down'], range: ['var(--up)', 'var(--down)'] },
      marks: [Plot.barX(bars, { x: 'su', y: 'account', fill: 'way', insetTop: 2, insetBottom: 2 }), Plot.ruleX([0])],
    }),
  );
}

/** Changes by kind. */
export function changeChart(points: readonly TimelinePoint[]): Markup {
  const bars = points.flatMap(({ label: at, creates, updates }) => [
    { at, count: updates, kind: 'updated' },
    { at, count: creates, kind: 'created' },
  ]);
  return stackedChart(bars, points, ['updated', 'created']);
}

/** Findings by kind; those that were most are told apart. */
export function findingChart(points: readonly TimelinePoint[]): { readonly chart: Markup; readonly kinds: readonly string[] } {
  const totals = new Map<string, number>();
  for (const { kind, count } of points.flatMap(({ findings }) => findings)) totals.set(kind, (totals.get(kind) ?? 0) + count);
  const sorted = [...totals].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([kind]) => kind);
  const kinds = sorted.length > KINDS_SHOWN ? [...sorted.slice(0, KINDS_SHOWN - 1), 'others'] : sorted;
  const named = new Set(kinds);
  const bars = points.flatMap(({ label: at, findings }) =>
    kinds.map((kind) => {
      const counted = findings.filter((finding) => (named.has(finding.kind) ? finding.kind : 'others') === kind);
      return { at, count: counted.reduce((sum, { count }) => sum + count, 0), kind };
    }),
  );
  return { chart: stackedChart(bars, points, kinds), kinds };
}

interface Bar {
  readonly at: string;
  readonly count: number;
  readonly kind: string;
}

function stackedChart(bars: readonly Bar[], points: readonly TimelinePoint[], kinds: readonly string[]): Markup {
  const labels = points.map(({ label: at }) => at);
  return bothWidths((width) => {
    const every = Math.ceil(labels.length / (width / 80));
    return Plot.plot({
      ...common(width),
      height: 240,
      marginLeft: 56,
      x: { label: null, domain: labels, ticks: labels.filter((_, index) => index % every === 0), tickSize: 0 },
      y: { label: null, grid: true, nice: true, ticks: 5, tickFormat: shortNumber },
      color: { domain: [...kinds], range: kinds.map((_, index) => `var(--kind-${index + 1})`) },
      marks: [Plot.barY(bars, Plot.stackY({ x: 'at', y: 'count', fill: 'kind', order: [...kinds] })), Plot.ruleY([0])],
    });
  });
}

function common(width: number): Plot.PlotOptions {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return { document: document, width, className: 'plot', style: { fontSize: '12px' }, marginRight: 24 };
}

/** Hidden from screen readers: the figure's caption and the table beside it say the same. */
function bothWidths(draw: (width: number) => unknown): Markup {
  return markup`${Object.entries(WIDTHS).map(([name, width]) => {
    const svg = (draw(width) as { readonly outerHTML: string }).outerHTML;
    return markup`<div class="chart ${name}" aria-hidden="true">${new Markup(svg)}</div>`;
  })}`;
}

function label(name: string): string {
  const text = visibleText(name);
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

function shortNumber(value: number): string {
  return new Intl.NumberFormat('en-US', { notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard' }).format(value);
}
