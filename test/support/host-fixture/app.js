// An app for the tests of the functions host. Environment variables choose what it does.
const { app } = require('@azure/functions');

const chosen = (name) => process.env[name] === 'true';
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const serve = (name, route, handler, only = methods) =>
  app.http(name, { route, methods: only, authLevel: 'anonymous', handler });
const named = (name) => () => ({ jsonBody: { function: name } });

app.setup({ enableHttpStream: !chosen('PLAIN') });

serve('echo', 'echo/{id}/{note?}', async (request, context) => ({
  status: 201,
  headers: { 'x-fixture': 'yes' },
  jsonBody: {
    function: context.functionName,
    method: request.method,
    url: request.url,
    params: request.params,
    query: Object.fromEntries(request.query),
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    trace: context.traceContext,
  },
}));
serve('head', 'head', () => ({ headers: { 'x-fixture': 'yes' } }), ['HEAD']);
serve('b-literal', 'order/first', named('b-literal'));
serve('A-param', 'order/{which}', named('A-param'));
serve('c-literal', 'ahead/first', named('c-literal'));
serve('d-param', 'ahead/{which}', named('d-param'));
serve('files', 'files/{*rest}', (request) => ({ jsonBody: request.params }));
serve('only-get', 'only', named('only-get'), ['GET']);
serve('only-post', 'only', named('only-post'), ['POST']);
serve('variable', 'variable/{name}', (request) => ({ jsonBody: process.env[request.params.name] ?? null }));
serve('throws', 'throws', () => {
  throw new Error('thrown by the fixture');
});
serve('early', 'early', () => ({ status: 413, body: 'not read' }));
serve('umlaut', 'umlaut', () => ({ headers: { 'x-name': '\u00fc' } }));
serve('says', 'says', (_, context) => {
  context.log('first line\nsecond line \u001b[31m');
  return {};
});
serve('cookies', 'cookies', () => ({ cookies: ['a', 'b'].map((name) => ({ name, value: '1' })) }));
// Answers when another request has asked it to, so that a test decides how long a call runs.
let release;
serve('wait', 'wait', (_, context) => {
  context.log('waiting');
  return new Promise((resolve) => (release = () => resolve({ body: 'released' })));
});
serve('release', 'release', () => {
  release();
  return {};
});
process.on('message', () => release());

const ran = [];
app.hook.appStart(() => ran.push('appStart'));
app.hook.preInvocation((context) => context.invocationContext.functionName === 'hooks' && ran.push('preInvocation'));
app.hook.postInvocation((context) => context.invocationContext.functionName === 'hooks' && ran.push('postInvocation'));
serve('hooks', 'hooks', () => ({ jsonBody: [...ran] }));
app.hook.appTerminate(() => {
  if (chosen('HOOK_FAILS')) throw new Error('hook failed');
  console.log('appTerminate ran');
  return chosen('HOOK_HANGS') ? new Promise(() => undefined) : undefined;
});

if (chosen('LOAD_FAILS')) throw new Error('Settings are wrong:\n- ONE is missing\n- TWO is missing');
if (chosen('TIMER')) app.timer('tick', { schedule: '0 * * * * *', handler: () => undefined });
if (chosen('QUEUE_OUTPUT')) {
  const output = require('@azure/functions').output.storageQueue({ queueName: 'q', connection: 'c' });
  app.http('sends', { extraOutputs: [output], handler: () => ({}) });
}
if (chosen('RESERVED')) serve('reserved', 'Admin/things', named('reserved'));
if (chosen('CONSTRAINT')) serve('constrained', 'things/{id:int}', named('constrained'));
