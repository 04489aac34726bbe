import { app } from '@azure/functions';
import { compose } from './compose.js';
import { readConfig } from './config.js';
import { httpFunctions } from './register.js';

// Registers what compose has made. Beside the telemetry thread's, this is the only file that does something when it is loaded.
const parts = compose(readConfig(), (line) => process.stderr.write(`${line}\n`));

app.setup({ enableHttpStream: true });
for (const { name, route, handler } of httpFunctions(parts)) {
  app.http(name, {
    ...{ route, handler },
    authLevel: 'anonymous',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  });
}
app.hook.appTerminate(parts.close);
