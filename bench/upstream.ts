import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmulator } from '../local/emulator/emulator.js';

// Everything behind the measured processes, in one process: a Graph that does as little as can be, so that it is not what is measured,
// and identity, issuer and ingestion of the emulator, which are asked once in a while.

/** What the measured processes and their callers need of it. */
export interface Upstream {
  readonly environment: Readonly<Record<string, string>>;
  readonly telemetry: Readonly<Record<string, string>>;
  readonly token: string;
  readonly id: string;
}

const objects = 1_000;

async function start(): Promise<Upstream> {
  const emulator = await startEmulator({ recordLimit: 1, envelopeLimit: 1 });
  const [model] = emulator.models();
  const page = Buffer.from(
    JSON.stringify({
      value: Array.from({ length: objects }, (_, number) => ({ ...model, id: `model-${number}` })),
    }),
  );
  const objectOf = (change: object) => Buffer.from(JSON.stringify({ ...model, ...change }));
  const object = objectOf({});

  const graph = createServer((request, response) => {
    const answer = (bytes: Buffer) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      response.end(bytes);
    };
    if (request.method === 'GET') {
      answer(request.url?.endsWith('ModelPerformance') ? page : object);
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      answer(objectOf({ ...(JSON.parse(body) as object), '@odata.type': undefined }));
    });
  });
  graph.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
  return {
    environment: {
      ...emulator.environment,
      GRAPH_ROOT: `http://127.0.0.1:${(graph.address() as AddressInfo).port}`,
    },
    telemetry: { ...emulator.ingestion.environment },
    // Of a caller who reads and writes, for longer than any run.
    token: emulator.issue({ exp: Math.floor(Date.now() / 1000) + 86_400 }),
    id: model?.id ?? '',
  };
}

void start().then((upstream) => process.send?.(upstream));
process.on('disconnect', () => process.exit());
