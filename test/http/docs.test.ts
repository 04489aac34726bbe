import { beforeAll, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { problems } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { operationsOf } from '../../tools/contract/operations.js';
import { json } from '../support/host-fixture/process.js';
import { useSystem } from '../support/useSystem.js';
import { describeInChromium, tabTo } from '../support/chromium.js';

const operations = operationsOf(modelPerformance);

const system = useSystem();

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
    ['page.js', 'text/javascript; charset=utf-8'],
    ['page.css', 'text/css; charset=utf-8'],
    ['problems.json', 'application/json'],
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

  test('every problem is told with whose turn it is', async () => {
    const told = json(await ask('/api/docs/problems.json')) as Record<string, { turn: string }>;
    expect(Object.keys(told)).toEqual(Object.keys(problems));
    const turns = ['invalid-body', 'unauthenticated', 'graph-throttled', 'graph-permission-missing', 'not-configured'];
    expect(turns.map((code) => told[code]?.turn)).toEqual(['caller', 'caller', 'again', 'operator', 'operator']);
  });

  test.each(['index.html', 'package.json', '..%2fpackage.json', '%2e%2e%2fpackage.json', 'constructor'])(
    '%s is not one of them',
    async (name) => {
      const answer = await ask(`/api/docs/${name}?file=page.js`);
      expect(json(answer)).toMatchObject({ status: 404, error: { code: 'unknown-path' } });
    },
  );

  test('another method is a 405', async () => {
    for (const path of ['/api/docs', '/api/docs/page.js'])
      expect(await ask(path, {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

const shown = { url: () => `${system.baseUrl}/api/docs`, ready: '.operation', height: 1000 };
describeInChromium('the contract page', shown, (inChromium) => {
  const { complaints, asked, photograph } = inChromium;
  let page: Page;
  beforeAll(() => {
    page = inChromium.page;
  });

  const operation = (name: string) => page.locator(`#${name}`);
  const opened = async (name: string) => {
    await operation(name).locator('summary').first().click();
    await operation(name).locator('.send').waitFor();
  };
  /** Sends the form of an open operation, waits for an answer with this status, and reads its body. */
  async function sent(name: string, status: number): Promise<string> {
    await operation(name).locator('.send').click();
    await operation(name)
      .locator('.live .status', { hasText: String(status) })
      .waitFor();
    return operation(name).locator('.live .body').innerText();
  }

  test('shows every operation of the contract, and a role only where one is needed', async () => {
    expect(await page.locator('.operation .what').allInnerTexts()).toEqual(
      expect.arrayContaining(Object.values(operations).map(({ summary }) => summary)),
    );
    const roles = await page.locator('.operation .role').allInnerTexts();
    expect(new Set(roles)).toEqual(new Set(['needs Read', 'needs Write', 'needs Write or Operate']));
    expect(await operation('GetLive').locator('.role').count()).toBe(0);
    await photograph('docs');
  });

  test('an operation tells its answers by whose turn it is, with one example each, on two screens', async () => {
    await opened('UpdateModelPerformance');
    const groups = operation('UpdateModelPerformance').locator('.answers > details');
    const lines = await groups.locator('> summary').allInnerTexts();
    expect(lines.map((line) => line.replace(/[\d ]+$/, ''))).toEqual([
      'Success',
      'Yours to mend',
      'Try again',
      'Call the operator',
    ]);
    expect((await operation('UpdateModelPerformance').boundingBox())?.height).toBeLessThan(2_000);
    await groups.nth(1).locator('summary').click();
    expect(await groups.nth(1).locator('pre').innerText()).toContain('"type": "urn:model-performance:problem:');
    await groups.nth(1).locator('summary').click();
  });

  test('tries calls: without a token in vain, with a pasted one against the API', async () => {
    await opened('ListModelPerformance');
    expect(await sent('ListModelPerformance', 401)).toContain('problem:unauthenticated');
    await page.getByLabel('Access token').fill(system.emulator.issue());
    await page.locator('#known', { hasText: 'with ModelPerformance.Write, until' }).waitFor();
    const [model] = system.emulator.models();
    const id = model?.id ?? 'no model';
    expect(await sent('ListModelPerformance', 200)).toContain(id);
    await page.locator(`#ids option[value="${id}"]`).waitFor({ state: 'attached' });

    const update = operation('UpdateModelPerformance');
    await update.getByLabel('id', { exact: false }).first().fill(id);
    expect(Object.keys(JSON.parse(await update.locator('textarea').inputValue()) as object)).toEqual([
      'windowsScore',
      'healthStatus',
    ]);
    await update.locator('textarea').fill('{"windowsScore": 12.5}');
    expect(await sent('UpdateModelPerformance', 200)).toContain('"windowsScore": 12.5');
    expect(system.emulator.model(id)).toEqual({ ...model, windowsScore: 12.5 });
    await update.getByText('As a command').click();
    expect(await update.locator('form pre').first().innerText()).toContain('authorization: Bearer $TOKEN');
    await photograph('docs-update');
  }, 120_000);

  test('a token in the address fills the field and leaves the address', async () => {
    const token = system.emulator.issue();
    const other = await page.context().newPage();
    await other.goto(`${system.baseUrl}/api/docs#token=${token}`);
    await other.locator('#known', { hasText: 'ModelPerformance.Write' }).waitFor();
    expect([await other.getByLabel('Access token').inputValue(), other.url()]).toEqual([
      token,
      `${system.baseUrl}/api/docs`,
    ]);
    await other.close();
  });

  test('a whole call by keyboard alone', async () => {
    const other = await page.context().newPage();
    await other.goto(`${system.baseUrl}/api/docs`);
    await other.locator('.operation').first().waitFor();
    await tabTo(other, '#GetLive > summary');
    await other.keyboard.press('Enter');
    await tabTo(other, '#GetLive .send');
    await other.keyboard.press('Enter');
    await other.locator('#GetLive .live .status', { hasText: '200' }).waitFor();
    await other.close();
  });

  test.each([
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 1280 },
    { scheme: 'light', width: 390 },
    { scheme: 'dark', width: 390 },
  ] as const)(
    '$scheme, $width px: fits, and is readable for all',
    async ({ scheme, width }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      const found = await page.evaluate(`(${axeSource})()`);
      expect(found).toEqual([]);
      await photograph(`docs-${scheme}-${width}`);
    },
    60_000,
  );

  test('is held back by nothing and asks nobody else', () => {
    expect(complaints).toEqual([expect.stringContaining('status of 401')]);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.startsWith(`${system.baseUrl}/api/`) && !url.startsWith('data:'))).toEqual([]);
  });
});

/** Loads axe-core and tells what it finds, by rule and place. */
const axeSource = `async () => {
  ${axe.source}
  const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] });
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(' '))]);
}`;
