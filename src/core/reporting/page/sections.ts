import { derivationText } from '../../explain/derivation-text.js';
import { localTime } from '../../local-time.js';
import { groupDigits } from '../headline.js';
import type { Mover, RunReport } from '../run-report.js';
import { STATUS_TEXT } from '../status-text.js';
import { accountChart, changeChart, CHARTED_ACCOUNTS, findingChart } from './charts.js';
import { markup, type Markup } from './markup.js';
import { legend, table, type Cell } from './table.js';

/** Accounts beyond these are folded away. */
const ACCOUNTS_OPEN = 25;
const SU_COLUMNS = ['SU up', 'SU down', 'SU net'].map((title) => ({ title, isNumber: true as const }));
const COUNT_COLUMNS = ['Updated', 'Created'].map((title) => ({ title, isNumber: true as const }));

export function figures({ totals, findings, kind }: RunReport): Markup {
  const { creates, updates, suUp, suDown, suNet, notStored } = totals;
  const asking = findings.reduce((sum, each) => sum + each.asking, 0);
  const facts: [string, string | number][] = [
    [kind === 'done' ? 'Changes' : 'Changes, not sent', creates + updates],
    ['SU up', suUp],
    ['SU down', suDown],
    ['SU net', suNet],
    ['Not stored', notStored],
    ['Findings to look at', asking],
  ];
  return markup`<dl class="figures">
    ${facts.map(
      ([name, value]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${groupDigits(value)}</dd>
        </div>`,
    )}
  </dl>`;
}

export function accountsSection({ accounts }: RunReport): Markup {
  if (accounts.length === 0) return markup``;
  const columns = [{ title: 'Account' }, ...COUNT_COLUMNS, ...SU_COLUMNS];
  const rows = accounts.map(({ account, updates, creates, suUp, suDown, suNet }): Cell[] => [
    account,
    updates,
    creates,
    suUp,
    suDown,
    suNet,
  ]);
  const more = rows.length - ACCOUNTS_OPEN;
  const charted = Math.min(accounts.length, CHARTED_ACCOUNTS);
  const caption = charted < accounts.length ? `the ${charted} accounts that moved most of ${accounts.length}` : 'all accounts';
  return markup`<section aria-labelledby="accounts">
    <h2 id="accounts">Service units by account</h2>
    <figure>
      ${legend([
        ['up', 'SU up'],
        ['down', 'SU down'],
      ])}
      ${accountChart(accounts)}
      <figcaption>SU up and down of ${caption}. The table below has the figures.</figcaption>
    </figure>
    ${table('Service units by account', columns, rows.slice(0, ACCOUNTS_OPEN))}
    ${
      more > 0
        ? markup`<details>
            <summary>${groupDigits(more)} more accounts</summary>
            ${table('More accounts', columns, rows.slice(ACCOUNTS_OPEN))}
          </details>`
        : null
    }
  </section>`;
}

export function timelineSection({ timeline: { by, unit, points } }: RunReport): Markup {
  if (points.length === 0) return markup``;
  const title = by === 'run' ? `Changes by the ${unit} of the run` : `Changes by the ${unit} on which the jobs ended`;
  const columns = [{ title: unit === 'day' ? 'Day' : 'Month' }, ...COUNT_COLUMNS, ...SU_COLUMNS];
  const rows = points.map(({ label, updates, creates, suUp, suDown, suNet }) => [label, updates, creates, suUp, suDown, suNet]);
  const figure = markup`<figure>
    ${legend([
      ['kind-1', 'updated'],
      ['kind-2', 'created'],
    ])}
    ${changeChart(points)}
    <figcaption>
      Records updated and created, ${points.length} ${points.length === 1 ? unit : `${unit}s`}. The table has the figures.
    </figcaption>
  </figure>`;
  return markup`<section aria-labelledby="timeline">
    <h2 id="timeline">${title}</h2>
    ${points.length > 1 ? figure : null}
    <details>
      <summary>Table: ${title}</summary>
      ${table(title, columns, rows)}
    </details>
  </section>`;
}

export function findingsSection({ findings, timeline }: RunReport): Markup {
  const asking = findings.filter((finding) => finding.asking > 0);
  const quiet = findings.filter((finding) => finding.quiet > 0).map((finding) => `${groupDigits(finding.quiet)} ${finding.kind}`);
  if (findings.length === 0) return markup``;
  const columns = [
    { title: 'Finding' },
    { title: 'Jobs', isNumber: true as const },
    { title: 'SU at stake', isNumber: true as const },
    { title: 'For example' },
    { title: 'What to do' },
  ];
  const rows = asking.map(({ kind, asking: count, suAtStake, first, remedy }) => [
    markup`<code>${kind}</code>`,
    count,
    suAtStake,
    markup`<ul>
      ${first.map(({ message }) => markup`<li>${message}</li>`)}
    </ul>`,
    remedy,
  ]);
  return markup`<section aria-labelledby="findings">
    <h2 id="findings">Findings to look at</h2>
    ${asking.length === 0 ? markup`<p>None.</p>` : table('Findings of the newest comparison', columns, rows)}
    ${quiet.length === 0 ? null : markup`<p>Also true, and nobody’s task: ${quiet.join(', ')}.</p>`}
    ${timeline.by === 'run' && timeline.points.length > 1 ? findingsFigure(timeline) : null}
  </section>`;
}

function findingsFigure({ points, unit }: RunReport['timeline']): Markup {
  const { chart, kinds } = findingChart(points);
  if (kinds.length === 0) return markup``;
  const title = `Findings after the last run of each ${unit}`;
  const rows = points.map(({ label, findings }) => [label, findings.map(({ kind, count }) => `${groupDigits(count)} ${kind}`).join(', ')]);
  return markup`<figure>
      ${legend(kinds.map((kind, index) => [`kind-${index + 1}`, kind]))} ${chart}
      <figcaption>${title}. The table has the figures.</figcaption>
    </figure>
    <details>
      <summary>Table: ${title}</summary>
      ${table(title, [{ title: unit === 'day' ? 'Day' : 'Month' }, { title: 'Findings' }], rows)}
    </details>`;
}

export function problemsSection({ problems, runs }: RunReport): Markup {
  if (problems.length === 0) return markup``;
  const columns = [
    { title: 'What' },
    { title: 'Cause' },
    { title: 'Jobs', isNumber: true as const },
    { title: 'SU', isNumber: true as const },
    ...(runs.length > 1 ? [{ title: 'Runs', isNumber: true as const }] : []),
    { title: 'For example' },
    { title: 'What to do' },
  ];
  const rows = problems.map(({ outcome, cause, count, suDifference, runs: met, first, remedy }) => [
    markup`<code>${outcome}</code>`,
    cause,
    count,
    suDifference,
    ...(runs.length > 1 ? [met] : []),
    markup`<ul>
      ${first.map(({ jobId, account, message }) => markup`<li>${jobId} (${account}): ${message}</li>`)}
    </ul>`,
    remedy,
  ]);
  return markup`<section aria-labelledby="not-stored">
    <h2 id="not-stored">Not stored, by cause</h2>
    ${table('Changes that did not take effect, by cause', columns, rows)}
  </section>`;
}

export function moversSection({ movers, pricesKnown, timeZone }: RunReport): Markup {
  if (movers.length === 0) return markup``;
  return markup`<section aria-labelledby="movers">
    <h2 id="movers">What moved most</h2>
    <ol class="movers">
      ${movers.map((mover) => moverItem(mover, pricesKnown, timeZone))}
    </ol>
  </section>`;
}

function moverItem({ change, status, derivation }: Mover, pricesKnown: boolean, timeZone: string): Markup {
  const { jobId, account, userId, before, after, drift, suDifference } = change;
  const from = before === null ? 'no record' : `${groupDigits(before.amount)} SU`;
  const why =
    derivation === null
      ? [
          pricesKnown
            ? 'Today’s price lists do not give this amount: it was set otherwise, or the lists have changed.'
            : 'The price lists are not known here.',
        ]
      : derivationText(derivation, (instant) => localTime(instant, timeZone));
  return markup`<li>
    <p>
      <strong>${groupDigits(suDifference)} SU</strong> job ${jobId} of account ${account}, user id ${userId}: ${from} →
      ${groupDigits(after.amount)} SU, ${STATUS_TEXT[status]}.${drift.length === 0 ? null : ` Differed in ${drift.join(', ')}.`}
    </p>
    <p class="derivation">${why.join(' ')}</p>
  </li>`;
}

export function runsSection({ runs, timeZone }: RunReport): Markup {
  if (runs.length < 2) return markup``;
  const columns = [
    { title: 'Run' },
    { title: 'When' },
    { title: 'Command' },
    { title: 'Source → sink' },
    { title: 'Outcome' },
    { title: 'Changes', isNumber: true as const },
    { title: 'SU net', isNumber: true as const },
  ];
  const rows = runs.map(({ runId, startedAt, command, source, sink, outcome, planned, changes, suNet }) => [
    runId,
    localTime(startedAt, timeZone),
    command ?? '',
    source === null ? '' : `${source} → ${sink}`,
    outcome,
    planned === null ? '' : `${groupDigits(changes ?? 0)} of ${groupDigits(planned)}`,
    suNet ?? '',
  ]);
  return markup`<section aria-labelledby="runs">
    <h2 id="runs">Runs</h2>
    <details>
      <summary>${runs.length} runs</summary>
      ${table('Runs', columns, rows)}
    </details>
  </section>`;
}
