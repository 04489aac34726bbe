import { afterAll, beforeAll, describe } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { notTested } from './notTested.js';

/** One page in a real browser. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of its console, and errors that nobody caught. */
  readonly complaints: readonly string[];
  /** The address of every request. */
  readonly asked: readonly string[];
  /** Leaves a photograph for people to look at. */
  readonly photograph: (name: string) => Promise<unknown>;
}

/** Which page, and when it is ready. */
interface PageOptions {
  readonly url: () => string;
  /** Found on the page once it is there. */
  readonly ready: string;
  readonly height: number;
}

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

/** Describes a page in Chromium; skipped, and said so in the summary, on a machine without it. */
export function describeInChromium(what: string, options: PageOptions, tests: (opened: OpenedPage) => void): void {
  if (executablePath === undefined) notTested(what, 'there is no Chromium');
  (executablePath === undefined ? describe.skip : describe)('the page in Chromium', () => {
    tests(usePage(options));
  });
}

/** Opens the page before the tests of its `describe`, and closes it after them. */
function usePage({ url, ready, height }: PageOptions): OpenedPage {
  const profile = mkdtempSync(join(tmpdir(), 'page-'));
  const complaints: string[] = [];
  const asked: string[] = [];
  let browser: BrowserContext | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    const off = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--no-first-run', ...off.map((name) => `--disable-${name}`)],
      viewport: { width: 1280, height },
      colorScheme: 'light',
    });
    browser.setDefaultTimeout(60_000);
    page = await browser.newPage();
    page.on('console', (line) => {
      if (['error', 'warning'].includes(line.type())) complaints.push(line.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url());
    await page.locator(ready).first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const opened = () => {
    if (page === undefined) throw new Error('The page is not open: see what its beforeAll says.');
    return page;
  };
  return {
    get page() {
      return opened();
    },
    complaints,
    asked,
    photograph: (name) => {
      mkdirSync('reports', { recursive: true });
      return opened().screenshot({ path: `reports/${name}.png`, fullPage: true });
    },
  };
}

/** Goes on with Tab until this has the focus. @throws Error when it is not reached in 500 steps */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 500; steps += 1) {
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} is not reached with Tab.`);
}
