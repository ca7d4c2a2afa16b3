import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localTime } from '../../local-time.js';
import { groupDigits, sentenceOf, subtitleOf, titleOf } from '../headline.js';
import type { MadeReport } from '../run-report.js';
import { changesTable } from './changes-table.js';
import { markup, Markup, scriptJson } from './markup.js';
import { accountsSection, figures, findingsSection, moversSection, problemsSection, runsSection, timelineSection } from './sections.js';

export interface PageOptions {
  /** The directory with `report.css` and `report.js`. */
  readonly assets: string;
  readonly version: string;
}

const SECTIONS = [accountsSection, timelineSection, problemsSection, findingsSection, moversSection, runsSection];

/** One file that needs no network: everything is in it, and its policy forbids anything else. */
export function renderPage({ report, rows, omitted }: MadeReport, { assets, version }: PageOptions): string {
  const script = readFileSync(join(assets, 'report.js'), 'utf8');
  const style = readFileSync(join(assets, 'report.css'), 'utf8');
  const title = titleOf(report);
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policyFor(script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>brc-sync: ${title}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#changes">To the changes</a>
        <header>
          <h1>${title}</h1>
          <p>${subtitleOf(report)}</p>
          <p class="sentence">${sentenceOf(report)}</p>
        </header>
        <main>
          ${figures(report)}
          ${report.notes.map((note) => markup`<p class="note">${note}</p>`)}
          ${SECTIONS.map((section) => section(report))}
          <section aria-labelledby="changes">
            <h2 id="changes" tabindex="-1">Every change</h2>
            ${omitted === 0 ? null : markup`<p class="note">The table has the ${groupDigits(rows.length)} changes that moved most; ${groupDigits(omitted)} more are in the plans of the runs. All sums above count them.</p>`}
            <noscript><p class="note">The table of changes needs JavaScript; everything else does not.</p></noscript>
            <div id="table"></div>
          </section>
        </main>
        <footer>
          <p>Made ${localTime(report.madeAt, report.timeZone)} by brc-sync ${version} from ${report.stateDirectory}. Amounts are service units (SU).</p>
        </footer>
        <script type="application/json" id="data">${scriptJson(changesTable(rows, report.timeZone))}</script>
        <script>${new Markup(script)}</script>
      </body>
    </html> `;
  return page.text;
}

/** Nothing is loaded, sent or framed; the one script is known by its hash. Styles stand in attributes, too, which no hash covers. */
function policyFor(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
}
