// An app for the tests of queue triggers. A message says what its function does: {"do": "fail"} or {"do": "wait"}.
const { app } = require('@azure/functions');

const seen = [];
const waiting = [];
let running = 0;

async function handle(message, context) {
  running += 1;
  seen.push({ function: context.functionName, message, metadata: context.triggerMetadata, running });
  context.log(`got ${context.triggerMetadata.id}`);
  try {
    if (message?.do === 'fail') throw new Error('failed as told');
    if (message?.do === 'wait') await new Promise((resolve) => waiting.push(resolve));
  } finally {
    running -= 1;
  }
}

const connection = 'AzureWebJobsStorage';
app.storageQueue('work', { queueName: '%WORK_QUEUE%', connection, handler: handle });
if (process.env.POISON === 'true')
  app.storageQueue('workPoison', { queueName: '%WORK_QUEUE%-poison', connection, handler: handle });

app.setup({ enableHttpStream: true });
app.http('seen', { authLevel: 'anonymous', handler: () => ({ jsonBody: seen }) });
app.http('release', {
  authLevel: 'anonymous',
  handler: (request) => {
    for (const resolve of waiting.splice(0, Number(request.query.get('count') ?? Infinity))) resolve();
    return {};
  },
});
app.hook.appTerminate(() => console.log('appTerminate ran'));
