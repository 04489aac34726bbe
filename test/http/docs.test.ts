import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { operations } from '../../tools/contract/operations.js';
import { json } from '../support/host-fixture/process.js';
import { startSystem, type System } from '../support/system.js';
import { notTested } from '../support/notTested.js';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  system.call(path, { withoutToken: true, headers, method });

describe('the files of the page', () => {
  test('the page is for everybody, and nothing else may run in it', async () => {
    const { status, headers, text } = await ask('/api/docs');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|http/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(await ask('/api/docs/')).toMatchObject({ status, text });
  });

  test.each([
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['start.js', 'text/javascript; charset=utf-8'],
  ])('%s is sent once to who keeps it', async (name, type) => {
    const path = `/api/docs/${name}`;
    const first = await ask(path);
    const etag = String(first.headers.etag);
    expect(first).toMatchObject({ status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache' } });
    expect(first.headers['x-content-type-options']).toBe('nosniff');
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`])
      expect(await ask(path, { 'if-none-match': held })).toMatchObject({ status: 304, text: '', headers: { etag } });
    expect(await ask(path, { 'if-none-match': '"other"' })).toMatchObject({ status: 200, text: first.text });
    expect(await ask(path, {}, 'HEAD')).toMatchObject({ status: 200, text: '', headers: { etag } });
  });

  test.each([
    'index.html',
    'package.json',
    'swagger-ui.js',
    '..%2fpackage.json',
    '%2e%2e%2fpackage.json',
    'constructor',
  ])('%s is not one of them', async (name) => {
    const answer = await ask(`/api/docs/${name}?file=start.js`);
    expect(json(answer)).toMatchObject({ status: 404, error: { code: 'unknown-path' } });
  });

  test('another method is a 405', async () => {
    for (const path of ['/api/docs', '/api/docs/start.js'])
      expect(await ask(path, {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (executablePath === undefined) notTested('the interactive page', 'there is no Chromium');

(executablePath === undefined ? describe.skip : describe)('the page in Chromium', () => {
  const profile = mkdtempSync(join(tmpdir(), 'docs-page-'));
  const complaints: string[] = [];
  const asked: string[] = [];
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const off = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--no-first-run', ...off.map((name) => `--disable-${name}`)],
      viewport: { width: 1280, height: 1200 },
    });
    browser.setDefaultTimeout(60_000);
    page = await browser.newPage();
    page.on('console', (line) => {
      if (['error', 'warning'].includes(line.type())) complaints.push(line.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${system.baseUrl}/api/docs`);
    await page.locator('.opblock').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  });

  /** Leaves a photograph for people to look at. */
  const photograph = (name: string) => {
    mkdirSync('reports', { recursive: true });
    return page.screenshot({ path: `reports/${name}.png` });
  };

  const operation = (name: string) => page.locator(`#operations-Models-${name}`);

  /** Presses the button of an open operation, waits until the page shows an answer with this status, and reads its body. */
  async function execute(name: string, status: number): Promise<string> {
    await operation(name).locator('button.execute').click();
    const answer = operation(name).locator('.live-responses-table .response');
    await answer.locator('.response-col_status', { hasText: String(status) }).waitFor();
    return answer.locator('.highlight-code').first().innerText();
  }

  test('shows every operation of the contract', async () => {
    const shown = await page.locator('.opblock-summary-description').allInnerTexts();
    expect(shown).toEqual(Object.values(operations).map(({ summary }) => summary));
    await photograph('docs');
  });

  test('tries calls: without a token in vain, with a pasted one against the API', async () => {
    await operation('ListModelPerformance').locator('.opblock-summary-control').click();
    expect(await execute('ListModelPerformance', 401)).toContain('problem:unauthenticated');

    await page.locator('button.authorize').first().click();
    await page.locator('.modal-ux input').fill(system.emulator.issue());
    await page.locator('.modal-ux button.authorize').click();
    await page.locator('.modal-ux button.btn-done').click();

    const [model] = system.emulator.models();
    const id = model?.id ?? 'no model';
    expect(await execute('ListModelPerformance', 200)).toContain(id);

    await operation('ListModelPerformance').locator('.opblock-summary-control').click();
    await operation('UpdateModelPerformance').locator('.opblock-summary-control').click();
    await operation('UpdateModelPerformance').locator('tr[data-param-name="id"] input').fill(id);
    const body = operation('UpdateModelPerformance').locator('.body-param__text');
    expect(Object.keys(JSON.parse(await body.inputValue()) as object)).toEqual(['windowsScore', 'healthStatus']);
    await body.fill('{"windowsScore": 12.5}');
    expect(await execute('UpdateModelPerformance', 200)).toContain('"windowsScore": 12.5');
    expect(system.emulator.model(id)).toEqual({ ...model, windowsScore: 12.5 });
    await operation('UpdateModelPerformance').locator('.live-responses-table').scrollIntoViewIfNeeded();
    await photograph('docs-update');
  }, 120_000);

  test('is held back by nothing and asks nobody else', () => {
    expect(complaints).toEqual([expect.stringContaining('status of 401')]);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.startsWith(`${system.baseUrl}/api/`) && !url.startsWith('data:'))).toEqual([]);
  });
});
