import { get } from 'node:http';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { viewerPage } from '../../sim/cli/view-page.ts';
import { serveViewer, TRACE_PATH } from '../../sim/cli/view-server.ts';
import { TraceWriter } from '../../sim/trace/writer.ts';
import { builtAssets, CHROMIUM, hasChromium, launch, opened, PageFiles } from './browser.ts';
import { outageTrace } from './fixture.ts';

if (!hasChromium) console.warn(`skipped: the viewer's tests need a browser, and there is no ${CHROMIUM}`);

describe.skipIf(!hasChromium)('the viewer', () => {
  const trace = outageTrace();
  let browser: Browser;
  let files: PageFiles;
  let url: string;

  beforeAll(async () => {
    files = new PageFiles(await builtAssets());
    url = files.write(trace);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    files?.remove();
  });

  const clock = (page: Page) => page.locator('.clock').textContent();
  const nextFrame = (page: Page) =>
    page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));

  test('opens from a file, says its verdict, draws, asks the network for nothing and complains about nothing', async () => {
    const { page, complaints, requests } = await opened(browser, url);
    expect(await page.locator('h1').textContent()).toContain('retail-outage');
    expect(await page.locator('.verdict').textContent()).toContain('eight stale Pod IPs');
    for (const canvas of await page.locator('canvas').all()) {
      await canvas.scrollIntoViewIfNeeded();
      const colours = () =>
        canvas.evaluate((node) => {
          const { width, height } = node as HTMLCanvasElement;
          const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          return new Set(new Uint32Array(data.buffer)).size;
        });
      await expect.poll(colours).toBeGreaterThan(3);
    }
    expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('opens from its server, which answers this machine only', async () => {
    const { server, url: served } = await serveViewer(viewerPage(await builtAssets(), TRACE_PATH), trace, 0);
    try {
      const { page, complaints, requests } = await opened(browser, served);
      expect(await page.locator('h1').textContent()).toContain('retail-outage');
      expect(requests.filter((request) => !request.startsWith(served) && !request.startsWith('data:'))).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
      const statusFor = (host: string, path: string) =>
        new Promise((resolve) => {
          get(new URL(path, served), { headers: { host } }, (response) => resolve(response.resume().statusCode));
        });
      expect(await statusFor(new URL(served).host, '/')).toBe(200);
      expect(await statusFor('evil.example', '/')).toBe(403);
      expect(await statusFor('evil.example', `/${TRACE_PATH}`)).toBe(403);
      expect(await statusFor(new URL(served).host, '/../package.json')).toBe(404);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('plays, pauses, and goes where it is told', async () => {
    const { page, complaints } = await opened(browser, url);
    expect(await clock(page)).toBe('0:00:00');
    await page.keyboard.press('Space');
    await expect.poll(() => clock(page)).not.toBe('0:00:00');
    await page.getByRole('button', { name: 'Pause' }).click();
    await nextFrame(page); // what was played until the click is drawn then
    const paused = await clock(page);
    await page.waitForTimeout(300);
    expect(await clock(page)).toBe(paused);
    await page.keyboard.press('End');
    await expect.poll(() => clock(page)).toBe('3:00:00');
    await page.keyboard.press('Home');
    await expect.poll(() => clock(page)).toBe('0:00:00');
    const track = (await page.locator('.track').boundingBox())!;
    await page.mouse.click(track.x + (76 + track.width - 14) / 2, track.y + 10);
    await expect.poll(() => clock(page)).toMatch(/^1:(29|30):/);
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/^1 hour .* errors$/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('shows what the run was at that time', async () => {
    const { page } = await opened(browser, url);
    const caption = page.locator('.caption');
    await expect.poll(() => caption.textContent()).toMatch(/none to a dead address/);
    for (let step = 0; step < 4; step++) await page.keyboard.press(']');
    await expect.poll(() => clock(page)).toBe('0:54:00');
    await expect.poll(() => caption.textContent()).toMatch(/^8 dead addresses swallow .* attempts per second/);
    expect(await page.locator('[aria-current=step] .title').textContent()).toBe('Retries fill the pools');
    await page.keyboard.press('[');
    await expect.poll(() => clock(page)).toBe('0:39:36');
    await page.close();
  });

  test('has a key for everything, and takes none while a text field has focus', async () => {
    const { page } = await opened(browser, url, { colorScheme: 'dark' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('dark');
    await page.keyboard.press('t');
    await expect.poll(theme).toBe('light');
    const speed = await page.locator('.speed').textContent();
    await page.keyboard.press('l');
    await expect.poll(() => page.locator('.speed').textContent()).not.toBe(speed);
    const ticks = () => page.locator('.axis text').allTextContents();
    const whole = await ticks();
    await page.keyboard.press('w');
    await expect.poll(ticks).not.toEqual(whole);
    await page.keyboard.press('0');
    await expect.poll(ticks).toEqual(whole);
    await page.keyboard.press('.');
    await expect.poll(() => clock(page)).not.toBe('0:00:00');
    await page.keyboard.press('/');
    await page.keyboard.type('deadaddress tk');
    expect(await theme()).toBe('light');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
    await page.getByRole('tab', { name: 'Details' }).press('Enter');
    await page.getByLabel('Find an object').fill('pod payments');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.details h3').textContent()).toMatch(/^Pod payments-/);
    await page.close();
  });

  test('filters events, and an event leads to its time and its object', async () => {
    const { page } = await opened(browser, url);
    await page.getByLabel('Filter events by text').fill('DeadAddress');
    await expect.poll(() => page.locator('.count').textContent()).toBe('8 of 27');
    expect(await page.locator('.rows [role=listitem]').count()).toBe(8);
    await page.locator('.rows button').first().click();
    await expect.poll(() => clock(page)).toBe('0:31:08');
    expect(await page.locator('.details h3').textContent()).toMatch(/^Address 10\.1\./);
    await page.close();
  });

  test('selects what is clicked on the map, and tells where a client sends', async () => {
    const { page } = await opened(browser, url);
    for (let step = 0; step < 4; step++) await page.keyboard.press(']');
    const map = (await page.locator('.map canvas').boundingBox())!;
    await page.mouse.click(map.x + 100, map.y + map.height - 30); // the client that passes by the Services stands last
    await expect.poll(() => page.locator('.details h3').textContent()).toBe('Client frontend → checkout (fixed)');
    expect(await page.locator('.details caption').textContent()).toMatch(/^9 targets now/);
    expect(await page.locator('.details tbody tr').first().textContent()).toMatch(/nobody|was checkout-/);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    const { page } = await opened(browser, url, { colorScheme });
    await page.keyboard.press(']');
    await page.waitForTimeout(200);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const results = await (window as unknown as { axe: typeof axe }).axe.run();
      return results.violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ html }) => html) }));
    });
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    await page.close();
  });

  test('fits a page 360 pixels wide', async () => {
    const { page, complaints } = await opened(browser, url, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a click on the overview goes there, whatever range is shown', async () => {
    const { page } = await opened(browser, url);
    const overview = await page.locator('.minimap svg.brush').boundingBox();
    await page.mouse.click(overview!.x + overview!.width / 2, overview!.y + 20);
    await expect.poll(() => clock(page)).not.toBe('0:00:00');
    await page.close();
  });

  test('with reduced motion it plays in steps, without moving dots', async () => {
    const { page } = await opened(browser, url, { reducedMotion: 'reduce' });
    expect(await page.locator('.map-legend .dot').isVisible()).toBe(false);
    await page.keyboard.press('Space');
    await expect.poll(() => clock(page), { timeout: 4000 }).not.toBe('0:00:00');
    await page.close();
  });

  test('a truncated trace is shown up to the cut, and says so', async () => {
    const { page, complaints } = await opened(browser, files.write(trace.subarray(0, trace.length * 0.8)));
    expect(await page.locator('.notice').textContent()).toMatch(/^This trace is cut at \d:\d\d:\d\d: the file ends/);
    await page.keyboard.press('End');
    await expect.poll(() => clock(page)).not.toBe('0:00:00');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each([
    ['no trace', Uint8Array.of(1, 2, 3), 'this is not an svclab trace'],
    ['a damaged header', trace.subarray(0, 40), 'the file ends in the middle of a chunk'],
    ['one of a newer format', Uint8Array.from(trace, (byte, i) => (i === 8 ? 9 : byte)), 'the trace has format 9.'],
  ])('%s is refused in words', async (_, bytes, words) => {
    const { page, complaints } = await opened(browser, files.write(bytes));
    expect(await page.getByRole('alert').textContent()).toContain(words);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('names from manifests are text, and a run without anything is no blank page', async () => {
    const chunks: Uint8Array[] = [];
    const clockOf = new Float64Array(1);
    const name = '<img src=x onerror=alert(1)>';
    const writer = new TraceWriter((chunk) => chunks.push(chunk), clockOf, {
      scenario: name,
      description: '',
      variant: name,
      seed: 1,
      duration: 60e9,
      bucket: 1e9,
      representing: 1,
      svclab: '0.1.0',
      settings: {},
    });
    writer.event('error', writer.object('Pod', name, { workload: name }), 'Failed', name);
    clockOf[0] = 60e9;
    writer.close({ story: [{ title: name, text: name, at: 0, object: 0 }, { title: 3 }, null] });
    const { page, complaints } = await opened(browser, files.write(Buffer.concat(chunks)));
    await page.keyboard.press(']');
    await expect.poll(() => page.locator('.step .title').allTextContents()).toEqual([name]);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('.verdict').textContent()).toBe('No user request ended in this run.');
    expect(await page.locator('#app').textContent()).not.toMatch(/undefined|NaN/);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
