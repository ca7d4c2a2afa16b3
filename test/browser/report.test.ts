import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { visibleText } from '../../src/core/visible-text.js';
import { brcSync } from '../support/cli.js';
import { HOSTILE, largeReport } from '../support/large-report.js';

/** `npm run test:report`: the page of `report --html` in a real browser. BRC_SYNC_SCREENSHOTS=DIR keeps pictures to look at. */
const CHROMIUM = process.env.BRC_SYNC_CHROMIUM ?? '/usr/bin/chromium';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const CHANGES = 50_000;
const USABLE_WITHIN_MS = 3_000;

interface Opened {
  readonly page: Page;
  readonly messages: readonly string[];
  readonly requests: readonly string[];
}

interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

let browser: Browser | null = null;
const state = t.testdir();
const file = join(state, 'report.html');

t.before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  await largeReport(state, CHANGES);
  const { code, stderr } = await brcSync(['report', '--since', '2026-09-01', '--html', file, '--state-dir', state]);
  if (code !== 0) throw new Error(stderr);
});
t.teardown(() => browser?.close());

/** The page as somebody opens the file, with all that it says and asks for. */
async function open(t: Test, { colorScheme = 'light', width = 1280 }: Look = {}): Promise<Opened> {
  const context = await browser!.newContext({ colorScheme, viewport: { width, height: 900 } });
  t.teardown(() => context.close());
  const page = await context.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => void messages.push(message.text()));
  page.on('pageerror', (error) => void messages.push(error.message));
  page.on('dialog', (dialog) => {
    messages.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => void requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await page.locator('#rows tbody tr').first().waitFor();
  return { page, messages, requests };
}

function countOf(page: Page): Promise<string | null> {
  return page.locator('#count').textContent();
}

void t.test('50,000 changes can be filtered and sorted within 3 seconds of opening; nothing is said and nothing asked for', async (t) => {
  await open(t);
  const begun = performance.now();
  const { page, messages, requests } = await open(t);
  t.equal(await countOf(page), 'Shown: 1 to 50 of 50,000 changes.');
  await page.getByLabel('Search in all columns').fill('savio3 fc_group40');
  t.match(await countOf(page), /^Shown: 1 to 50 of \d+ changes that match, of 50,000\.$/);
  const elapsed = performance.now() - begun;
  t.ok(elapsed < USABLE_WITHIN_MS, `opened and filtered in ${Math.round(elapsed)} ms`);
  t.comment(`opened and filtered in ${Math.round(elapsed)} ms, ${(statSync(file).size / 1e6).toFixed(1)} MB`);

  await page.getByLabel('Search in all columns').fill('');
  const sorting = performance.now();
  await page.getByRole('button', { name: 'SU difference' }).click();
  t.comment(`sorted in ${Math.round(performance.now() - sorting)} ms`);
  const header = page.getByRole('columnheader', { name: 'SU difference' });
  t.equal(await header.getAttribute('aria-sort'), 'descending');
  const column = page.locator('#rows tbody tr td:nth-child(6)');
  const amounts = (await column.allTextContents()).map((text) => Number(text.replaceAll(',', '')));
  t.same(
    amounts,
    [...amounts].sort((a, b) => b - a),
  );
  await page.getByRole('button', { name: 'SU difference' }).click();
  t.equal(await header.getAttribute('aria-sort'), 'ascending');
  t.match(await column.first().textContent(), /^-9\d\d\.\d\d$/);

  t.same(messages, []);
  t.same(requests, [pathToFileURL(file).href]);
});

void t.test('names of others are text', async (t) => {
  const { page, messages } = await open(t);
  for (const name of HOSTILE) {
    const shown = visibleText(name);
    await page.getByLabel('Search in all columns').fill(shown);
    t.equal(await page.locator('#rows tbody tr').first().locator('td').first().textContent(), shown, shown);
    t.ok(await page.locator('section[aria-labelledby=accounts] tbody th').filter({ hasText: shown }).count(), `account ${shown}`);
  }
  t.equal(await page.locator('img, iframe, object, embed, link, a:not(.skip)').count(), 0);
  t.equal(await page.locator('script').count(), 2);
  t.same(messages, []);
  t.match(await page.locator('meta[http-equiv]').getAttribute('content'), /^default-src 'none'; script-src 'sha256-/);
});

void t.test('with the keyboard alone: search, choose, turn pages, sort', async (t) => {
  const { page } = await open(t);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('co_group17');
  t.match(await countOf(page), /that match/);
  const found = await countOf(page);
  await page.keyboard.press('Tab');
  t.equal(await page.evaluate('document.activeElement.labels[0].textContent'), 'Change');
  await page.getByLabel('Outcome').focus();
  await page.keyboard.type('refused');
  t.not(await countOf(page), found);
  t.same(new Set(await page.locator('#rows tbody tr td:nth-child(8)').allTextContents()), new Set(['refused']));
  await page.getByLabel('Outcome').selectOption('');
  await page.getByRole('button', { name: 'Next page' }).focus();
  await page.keyboard.press('Enter');
  t.match(await countOf(page), /^Shown: 51 to 100 /);
  for (let pages = 0; pages < 30; pages += 1) await page.keyboard.press('Enter');
  t.equal(await page.evaluate('document.activeElement.textContent'), 'Next page');
  t.equal(await page.getByRole('button', { name: 'Next page' }).getAttribute('aria-disabled'), 'true');
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, width] of [
    ['wide', 1280],
    ['narrow', 390],
  ] as const) {
    void t.test(
      `${colorScheme}, ${name}: no violation of WCAG A and AA that a checker finds, and nothing wider than the page`,
      async (t) => {
        const { page, messages } = await open(t, { colorScheme, width });
        // The checker is let in past the page's policy.
        await page.evaluate(readFileSync(AXE, 'utf8'));
        const { violations, passes } = await page.evaluate<{ readonly violations: readonly unknown[]; readonly passes: readonly string[] }>(
          `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
           .then(({ violations, passes }) => ({
             violations: violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, failureSummary }) => [html.slice(0, 200), failureSummary])]),
             passes: passes.map(({ id }) => id),
           }))`,
        );
        t.same(violations, []);
        for (const rule of ['color-contrast', 'label', 'button-name', 'select-name']) t.ok(passes.includes(rule), rule);
        t.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        t.same(messages, []);
        await picture(page, `${colorScheme}-${name}`);
      },
    );
  }
}

void t.test('on paper the controls are gone and the sums are there', async (t) => {
  const { page } = await open(t, { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  t.notOk(await page.getByLabel('Search in all columns').isVisible());
  t.ok(await page.getByRole('heading', { name: 'Service units by account' }).isVisible());
  t.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  const pdf = await page.pdf({ format: 'A4' });
  t.equal(pdf.subarray(0, 5).toString(), '%PDF-');
});

async function picture(page: Page, name: string): Promise<void> {
  const directory = process.env.BRC_SYNC_SCREENSHOTS;
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
}
