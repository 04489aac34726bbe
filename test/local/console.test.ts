import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startConsole, type Console } from '../../local/console/console.js';
import type { ServedCall } from '../../local/host/report.js';
import { send } from '../support/host-fixture/process.js';
import { describeInChromium, tabTo } from '../support/chromium.js';
import { until } from '../support/until.js';
import { useJobSystem } from '../support/useSystem.js';

const environment = { TELEMETRY_INTERVAL_MS: '200', PACE_WINDOW_MS: '500' };
const system = useJobSystem({ environment, telemetry: true });
let opened: Console;

beforeAll(async () => {
  opened = await startConsole(0, system.emulator, system.first.baseUrl);
  system.first.host.child.on('message', ({ call }: { call: ServedCall }) => {
    opened.served(call);
  });
});
beforeEach(() => {
  system.emulator.reset();
});
afterAll(() => opened.close());

describe('strangers', () => {
  const own = () => new URL(opened.url).host;
  const json = { 'content-type': 'application/json' };
  test.each<[string, number, number, Record<string, string>]>([
    ['a program', 200, 1, json],
    ['the page itself', 200, 1, { ...json, 'sec-fetch-site': 'same-origin', origin: 'own' }],
    ['a page of another site', 403, 0, { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://example.com' }],
    ['a page of another port', 403, 0, { ...json, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['a browser that tells only the origin', 403, 0, { ...json, origin: 'https://example.com' }],
    ['a page without an origin', 403, 0, { ...json, origin: 'null' }],
    ['a name that leads to this machine', 403, 0, { ...json, host: 'example.com' }],
    ['a form', 400, 0, { 'content-type': 'text/plain' }],
  ])('%s: %d', async (_, status, armed, { origin, ...headers }) => {
    const given = { ...headers, ...(origin && { origin: origin === 'own' ? opened.url : origin }) };
    const sent = { method: 'POST', headers: { host: own(), ...given }, body: '{"fault":"F01"}' };
    expect((await send(opened.url, '/arm', sent)).status).toBe(status);
    expect(system.emulator.armed()).toHaveLength(armed);
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

const shown = { url: () => opened.url, ready: '#models tbody tr', height: 1500 };
describeInChromium('the console', shown, (inChromium) => {
  const { complaints, asked, photograph } = inChromium;
  let page: Page;
  beforeAll(() => {
    page = inChromium.page;
  });

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
    await until('F01 is used up', async () => !(await fault('F01').isChecked()));
    await call.locator('.muted', { hasText: 'outcome applied' }).waitFor();
    await page.locator('#telemetry li', { hasText: 'applied' }).first().waitFor();
    await photograph('console');
  }, 60_000);

  test('by keyboard alone: a fault is found, switched on and met', async () => {
    await page.reload();
    await page.locator('#models tbody tr').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await tabTo(page, '#find');
    await page.keyboard.type('F15-422');
    await tabTo(page, 'input[value="F15-422"]');
    await page.keyboard.press('Space');
    await until('the fault is armed', () => system.emulator.armed().length === 1);
    await page.locator('.skip').focus();
    await tabTo(page, '#send button.primary');
    await page.keyboard.press('Enter');
    await page.locator('#answer .status', { hasText: '422' }).waitFor();
    expect(await page.locator('#answer pre').innerText()).toContain('"code": "rejected-by-graph"');
  });

  test('what is wrong is told, and the quota is switched on and off', async () => {
    await page.locator('#find').fill('');
    await page.locator('#quota [name=writes]').fill('1');
    await page.locator('#quota button', { hasText: 'Quota on' }).click();
    await page.locator('#counts', { hasText: '1 writes in 20.0 s' }).waitFor();
    await page.locator('#quota button', { hasText: 'Quota off' }).click();
    await page.locator('#counts', { hasText: 'No quota' }).waitFor();
    system.emulator.arm({ fault: 'F06', times: 'always' });
    await page.locator('input[value="F06"]:checked').waitFor();
    await fault('F06').click();
    await until('no fault is armed', () => system.emulator.armed().length === 0);
  });

  test.each(['light', 'dark'] as const)(
    '%s: nothing that axe finds (WCAG 2.2 AA), and it fits a phone',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
          `${readFileSync('node_modules/axe-core/axe.min.js', 'utf8')}; axe.run().then(({ violations }) => violations)`,
        );
        expect(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await photograph(`console-${colorScheme}-${width}`);
      }
    },
  );

  test('a job of 300 rows is started and watched to its end, and its result is read', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.locator('#start-job button').click();
    await page.locator('#answer .status', { hasText: '201' }).waitFor();
    const job = page.locator('#jobs > li').first();
    await job.locator('b', { hasText: 'Succeeded' }).waitFor();
    expect(await job.locator('.line').innerText()).toMatch(/300 rows\s+300 applied/);
    expect(await job.locator('progress').getAttribute('value')).toBe('100');
    await job.locator('button', { hasText: 'Result' }).click();
    await page.locator('#answer pre', { hasText: '"row": 300' }).waitFor();
    await page.locator('#calls', { hasText: '20 × 200' }).waitFor();
    expect(system.emulator.quota.counts()).toMatchObject({ batch: 300, refused: { batch: 0 } });
    await photograph('console-job');
  }, 60_000);

  test('is held back by nothing and asks nobody else', () => {
    expect(complaints).toEqual([]);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.startsWith(opened.url) && !url.startsWith('data:'))).toEqual([]);
  });
});
