import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { startConsole, type Console } from '../../local/console/console.js';
import type { ServedCall } from '../../local/host/report.js';
import { send } from '../support/host-fixture/process.js';
import { startSystem, type System } from '../support/system.js';
import { notTested } from '../support/notTested.js';

let system: System;
let opened: Console;

beforeAll(async () => {
  system = await startSystem({ TELEMETRY_INTERVAL_MS: '200' }, { telemetry: true });
  opened = await startConsole(0, system.emulator, system.baseUrl);
  system.host.child.on('message', ({ call }: { call: ServedCall }) => {
    opened.served(call);
  });
});
beforeEach(() => {
  system.emulator.reset();
});
afterAll(async () => {
  await opened.close();
  await system.stop();
});

describe('strangers', () => {
  const own = () => new URL(opened.url).host;
  const json = { 'content-type': 'application/json' };
  test.each<[string, number, Record<string, string>]>([
    ['a program', 200, json],
    ['the page itself', 200, { ...json, 'sec-fetch-site': 'same-origin', origin: 'own' }],
    ['a page of another site', 403, { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://example.com' }],
    ['a page of another port', 403, { ...json, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['a browser that tells only the origin', 403, { ...json, origin: 'https://example.com' }],
    ['a page without an origin', 403, { ...json, origin: 'null' }],
    ['a name that leads to this machine', 403, { ...json, host: 'example.com' }],
    ['a form', 400, { 'content-type': 'text/plain' }],
  ])('%s: %d, on the console and on the emulator’s control address', async (_, status, { origin, ...headers }) => {
    const given = { ...headers, ...(origin && { origin: origin === 'own' ? opened.url : origin }) };
    const sent = { method: 'POST', headers: { host: own(), ...given }, body: '{"fault":"F01"}' };
    expect((await send(opened.url, '/arm', sent)).status).toBe(status);
    expect(system.emulator.armed()).toHaveLength(status === 200 ? 1 : 0);
  });

  test('the emulator’s control address knows them too', async () => {
    const { identityUrl } = system.emulator;
    const from = (headers: Record<string, string>) => send(identityUrl, '/__reset', { method: 'POST', headers });
    const { host } = new URL(identityUrl);
    expect((await from({ host })).status).toBe(200);
    expect((await from({ host: 'example.com' })).status).toBe(403);
    expect((await from({ host, origin: 'https://example.com' })).status).toBe(403);
  });

  test('a link leads to the page, and to nothing else', async () => {
    const link = {
      host: own(),
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await send(opened.url, '/', { headers: link })).status).toBe(200);
    expect((await send(opened.url, '/api', { headers: link })).status).toBe(403);
    expect((await send(opened.url, '/', { headers: { ...link, 'sec-fetch-dest': 'iframe' } })).status).toBe(403);
    expect((await send(opened.url, '/', { headers: { ...link, host: 'example.com' } })).status).toBe(403);
  });

  test('it calls the API and nobody else', async () => {
    const ask = (path: string) =>
      send(opened.url, '/send', {
        method: 'POST',
        headers: { host: own(), ...json },
        body: JSON.stringify({ role: 'Write', method: 'GET', path }),
      });
    expect((await ask('/api/health/live')).status).toBe(200);
    for (const path of ['https://example.com/api/', '//example.com/api/', '/admin/x', '/api/../admin'])
      expect((await ask(path)).status).toBe(400);
  });
});

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (executablePath === undefined) notTested('the console', 'there is no Chromium');

(executablePath === undefined ? describe.skip : describe)('the page in Chromium', () => {
  const profile = mkdtempSync(join(tmpdir(), 'console-page-'));
  const complaints: string[] = [];
  const asked: string[] = [];
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const off = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--no-first-run', ...off.map((name) => `--disable-${name}`)],
      viewport: { width: 1280, height: 1500 },
      colorScheme: 'light',
    });
    browser.setDefaultTimeout(60_000);
    page = await browser.newPage();
    page.on('console', (line) => {
      if (['error', 'warning'].includes(line.type())) complaints.push(line.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(opened.url);
    await page.locator('#models tbody tr').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  });

  /** Leaves a photograph for people to look at. */
  const photograph = (name: string) => {
    mkdirSync('reports', { recursive: true });
    return page.screenshot({ path: `reports/${name}.png`, fullPage: true });
  };
  const fault = (id: string) => page.locator(`#faults input[value="${id}"]`);

  test('a 429 is armed and sent: two attempts, one wait, and the row changes', async () => {
    const [model] = system.emulator.models();
    await fault('F01').click();
    await page.locator('#connection', { hasText: 'live' }).waitFor();
    await page.locator('#send textarea').fill('{"windowsScore": 12.5}');
    await page.locator('#send button.primary').click();
    await page.locator('#answer .status', { hasText: '200' }).waitFor();

    const call = page.locator('#calls > li').first();
    await call.locator('.steps li', { hasText: 'attempt 2' }).waitFor();
    const steps = (await call.locator('.steps .line').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    expect(steps).toEqual([
      expect.stringMatching(/^read before 200 /),
      expect.stringMatching(/^attempt 1 429 .* F01$/),
      expect.stringMatching(/^waited 2\.\d s, attempt 2 200 /),
    ]);
    await page.locator(`#model-${model?.id ?? ''} td.fresh`, { hasText: '12.5' }).waitFor();
    expect(await fault('F01').isChecked()).toBe(false);
    await call.locator('.muted', { hasText: 'outcome applied' }).waitFor();
    await page.locator('#telemetry li', { hasText: 'applied' }).first().waitFor();
    await photograph('console');
  }, 60_000);
});
