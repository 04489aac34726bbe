import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, problems, type ProblemRow } from '../problem.js';
import type { Answer } from './answer.js';
import type { HttpCall } from './call.js';

/** Nothing is loaded from, sent to or shown inside another site. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The package's own folder, seen from where this file is compiled to. */
const folder = join(__dirname, '..', '..', '..', 'contract', 'page');
const inFolder = (name: string) => () => readFile(join(folder, name), 'utf8');

const javaScript = 'text/javascript; charset=utf-8';
const scripts = ['page.js', 'operation.js', 'answers.js', 'schema.js', 'token.js', 'dom.js'];

/** The files of the page, and how each is had. No other file can be asked for. */
const files: ReadonlyMap<string, { readonly type: string; readonly load: () => Promise<string> }> = new Map([
  ...scripts.map((name) => [name, { type: javaScript, load: inFolder(name) }] as const),
  ['page.css', { type: 'text/css; charset=utf-8', load: inFolder('page.css') }],
  ['problems.json', { type: 'application/json', load: () => Promise.resolve(JSON.stringify(problemsByTurn())) }],
]);

/** Every problem, and whose turn it is then: what the contract's schemas do not tell. */
function problemsByTurn(): object {
  const turnOf = ({ status, retry }: ProblemRow) => {
    if (retry !== 'no') return 'again';
    return status === 424 || status >= 500 ? 'operator' : 'caller';
  };
  const rows = Object.entries<ProblemRow>(problems).map(([code, row]) => {
    const { status, title, description } = row;
    return [code, { status, title, description, turn: turnOf(row) }] as const;
  });
  return Object.fromEntries(rows);
}

/** Files that were asked for before. */
const loaded = new Map<string, { readonly body: string; readonly etag: string }>();

/** GET /docs: a page that shows the contract and tries its calls. */
export async function docs(): Promise<Answer> {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'no-referrer',
  };
  return { body: await inFolder('index.html')(), headers };
}

/**
 * GET /docs/{file}: one of the page's files, or word that the caller has it (RFC 9110 §13.1.2).
 * @throws Problem unknown-path for every other name
 */
export async function docsFile({ request }: HttpCall): Promise<Answer> {
  const name = new URL(request.url).pathname.split('/').at(-1) ?? '';
  const file = files.get(name);
  if (file === undefined) throw new Problem('unknown-path');
  const { body, etag } = loaded.get(name) ?? tagged(await file.load());
  loaded.set(name, { body, etag });
  const headers = { 'content-type': file.type, 'cache-control': 'no-cache', etag };
  const held = (request.headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return held.includes(etag) ? { status: 304, body: '', headers } : { body, headers };
}

function tagged(body: string) {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
