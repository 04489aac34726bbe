import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Answer } from './host-fixture/process.js';

/**
 * One request whose bytes go out exactly as they are given, on a connection of its own; `host` and `connection: close` are added.
 * Head lines go out as UTF-8, the body with one byte for each character.
 */
export async function rawCall(
  baseUrl: string,
  requestLine: string,
  { head, body }: { readonly head: readonly string[]; readonly body: string },
): Promise<Answer> {
  const { hostname, port, host } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write([requestLine, `host: ${host}`, 'connection: close', ...head, '', ''].join('\r\n'), 'utf8');
  socket.write(body, 'latin1');
  return readAnswer((await buffer(socket)).toString('latin1'));
}

/** @param received one character for each byte */
function readAnswer(received: string): Answer {
  const end = received.indexOf('\r\n\r\n');
  const [status = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers: Answer['headers'] = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name.toLowerCase(), value.join(':').trim()] as const;
    }),
  );
  const content = received.slice(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? unchunked(content) : content;
  return { status: Number(status.split(' ')[1]), headers, text: Buffer.from(body, 'latin1').toString('utf8') };
}

function unchunked(content: string): string {
  let all = '';
  for (let at = 0; at < content.length;) {
    const lineEnd = content.indexOf('\r\n', at);
    const length = Number.parseInt(content.slice(at, lineEnd), 16);
    if (!(length > 0)) return all;
    all += content.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
  }
  return all;
}
