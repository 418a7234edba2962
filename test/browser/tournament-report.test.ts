import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tournamentPage } from '../../sim/tournament/report/page.ts';
import { madeUpResult } from '../tournament/made-up-result.ts';
import { CHROMIUM, hasChromium, launch } from './browser.ts';

if (!hasChromium)
  console.warn(`skipped: the tests of the tournament's page need a browser, and there is no ${CHROMIUM}`);

/** A4 less the margins of the page: CSS px. */
const PAPER = { width: 718, height: 1047 };

describe.skipIf(!hasChromium)('the page of a tournament of 52 strategies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'svclab-tournament-'));
  const file = join(folder, 'tournament.html');
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, tournamentPage(madeUpResult()));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const opened = async (options: BrowserContextOptions = {}) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints, requests };
  };
  const openAll = (page: Page) =>
    page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });

  test('says its answer, asks the network for nothing, and names are text', async () => {
    const { page, complaints, requests } = await opened();
    expect(await page.locator('h1').textContent()).toContain('has the lowest p99');
    expect(await page.locator('.warning').textContent()).toContain('mine<b>: pick() threw');
    expect(await page.locator('main b b').count()).toBe(0);
    expect(requests).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    const { page } = await opened({ colorScheme });
    await openAll(page);
    // The page lets no script in; axe comes through the debugger.
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const results = await (window as unknown as { axe: typeof axe }).axe.run();
      return results.violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        where: nodes[0]!.html,
        nodes: nodes.length,
      }));
    });
    expect(violations).toEqual([]);
    await page.close();
  });

  test.each([360, 768, 1440])('fits a window %d pixels wide', async (width) => {
    const { page } = await opened({ viewport: { width, height: 900 } });
    await openAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.close();
  });

  test('names in pictures lie within them', async () => {
    const { page } = await opened();
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll('figure svg text')].flatMap((text) => {
        const [box, frame] = [text.getBoundingClientRect(), text.closest('svg')!.getBoundingClientRect()];
        const isInside = box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.bottom <= frame.bottom + 1;
        return isInside ? [] : [text.textContent];
      }),
    );
    expect(outside).toEqual([]);
    await page.close();
  });

  test('goes on paper uncut: tables too', async () => {
    const { page } = await opened({ viewport: PAPER });
    await page.emulateMedia({ media: 'print' });
    const cut = async () =>
      page.evaluate(() =>
        [...document.querySelectorAll('.scroll,pre')]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map((element) => [element.getAttribute('aria-label'), element.scrollWidth]),
      );
    expect(await cut()).toEqual([]);
    await openAll(page);
    expect(await cut()).toEqual([]);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(100_000);
    await page.close();
  });

  test('works by keys: a workload’s name leads to its ranking, and a table opens', async () => {
    const { page } = await opened();
    await page.locator('nav a').nth(2).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#workload-slow-pod');
    const summary = page.locator('summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('details').first().getAttribute('open')).not.toBe(null);
    await page.close();
  });
});
