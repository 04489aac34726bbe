import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@microsoft/microsoft-graph-client';
import { readCertificate } from '../../local/emulator/certificate.js';
import { openCall } from '../../src/call.js';
import { deadlineIn, openLimit } from '../../src/deadline.js';
import { RequestOptions } from '../../src/graph/requestOptions.js';
import { SendMiddleware } from '../../src/graph/sendMiddleware.js';

/** A server that would rather speak HTTP/2, as Graph's may; its certificate is trusted by nobody here. */
const offered: string[][] = [];
const server = createServer({
  ALPNCallback: ({ protocols }) => {
    offered.push(protocols);
    return protocols.find((protocol) => protocol === 'h2') ?? protocols[0];
  },
});
let root: string;

beforeAll(async () => {
  const { pem } = await readCertificate();
  server.setSecureContext({ key: pem, cert: pem });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  root = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

test('Graph is offered HTTP/1.1 alone: the faults of connections are those of HTTP/1.1', async () => {
  const sender = new SendMiddleware(root, 5_000);
  const call = openCall({ requestId: 'one', deadline: deadlineIn(5_000) });
  const own = new RequestOptions('GET', 'GET', false, call, { attemptMs: 5_000, maxAttempts: 1, answerBytes: 1 });
  const limit = openLimit(5_000);
  own.attempt = { limit, freshConnection: false };
  const client = Client.initWithMiddleware({ baseUrl: `${root}/`, middleware: sender });
  await expect(client.api('/x').middlewareOptions([own]).get()).rejects.toThrow();
  limit.release();
  await sender.close();
  expect(offered.splice(0)).toEqual([['http/1.1']]);
});
