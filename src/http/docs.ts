import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../problem.js';
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

/** Its addresses are absolute: relative ones would break with a slash at the end of the page's own. */
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Model Performance API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="page"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

/** A pasted token stays in the page's memory. No validator of another site is asked. */
const start = `SwaggerUIBundle({
  dom_id: '#page',
  url: '/api/openapi.json',
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
`;

const javaScript = 'text/javascript; charset=utf-8';
const fromPackage = (name: string) => () =>
  // The folder of the package, wherever it is installed; a bundler must leave it where it is.
  readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), name), 'utf8');

/** The files of the page, and how each is had. No other file can be asked for. */
const files: ReadonlyMap<string, { readonly type: string; readonly load: () => Promise<string> }> = new Map([
  ['start.js', { type: javaScript, load: () => Promise.resolve(start) }],
  ['swagger-ui-bundle.js', { type: javaScript, load: fromPackage('swagger-ui-bundle.js') }],
  ['swagger-ui.css', { type: 'text/css; charset=utf-8', load: fromPackage('swagger-ui.css') }],
]);

/** Files that were asked for before. */
const loaded = new Map<string, { readonly body: string; readonly etag: string }>();

/** GET /docs: a page that shows the contract and tries its calls. */
export function docs(): Promise<Answer> {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    'referrer-policy': 'no-referrer',
  };
  return Promise.resolve({ body: page, headers });
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
