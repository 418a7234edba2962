import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type ViewerAssets, viewerPage } from '../../sim/cli/view-page.ts';

/** Debian's, unless the environment names another. */
export const CHROMIUM = process.env.SVCLAB_CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Script and style of the viewer, from its sources as they are now. */
export async function builtAssets(): Promise<ViewerAssets> {
  const bundle: BuildOptions = JSON.parse(readFileSync('viz/bundle.json', 'utf8'));
  const { outputFiles } = await build({ ...bundle, write: false });
  return { script: outputFiles[0]!.text, style: readFileSync('viz/app.css', 'utf8') };
}

/** Pages as files, in a folder of their own that `remove` takes away. */
export class PageFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'svclab-viewer-'));
  readonly #assets: ViewerAssets;
  #count = 0;

  constructor(assets: ViewerAssets) {
    this.#assets = assets;
  }

  /** @returns the address of a page with this trace inside */
  write(trace: Uint8Array): string {
    const file = join(this.#folder, `${this.#count++}.html`);
    writeFileSync(file, viewerPage(this.#assets, trace));
    return pathToFileURL(file).href;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** A page, and everything that it complained about or asked the network for. */
export interface Watched {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

/** Opens the address and waits until the trace is shown or refused. */
export async function opened(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await page.locator('.map canvas, [role=alert]').first().waitFor();
  return { page, complaints, requests };
}
