import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** The folder of the fixture app. */
export const fixture = resolve('test/support/host-fixture');
const main = resolve('dist/local/host/main.js');

const folders: string[] = [];

/** A folder that runs the fixture app with other files beside it; `undefined` leaves a file out. */
export function folder(files: Record<string, unknown>): string {
  const path = mkdtempSync(join(tmpdir(), 'functions-host-'));
  folders.push(path);
  const entry = `require(${JSON.stringify(join(fixture, 'app.js'))});`;
  const all: Record<string, unknown> = {
    'package.json': { main: 'index.js' },
    'host.json': { version: '2.0' },
    'index.js': entry,
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content !== undefined)
      writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return path;
}

export function removeFolders(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
}

export interface HostProcess {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  /** Resolves with the address when it is announced; rejects when the process ends before. */
  readonly baseUrl: Promise<string>;
  /** Resolves when a text has been written to either stream. */
  readonly printed: (wanted: string) => Promise<void>;
  readonly ended: Promise<number | null>;
}

/** Starts the compiled host in a process of its own, on a free port unless the arguments name one. */
export function startHost(environment: Record<string, string> = {}, ...given: string[]): HostProcess {
  const defaults = given.includes('--port') ? [] : ['--port', '0'];
  const root = given.includes('--root') ? [] : ['--root', fixture];
  const child = spawn(process.execPath, [main, ...defaults, ...root, ...given], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  }) as ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const printed = (wanted: string) =>
    new Promise<void>((found, missing) => {
      const look = () => {
        if (`${output.out}${output.err}`.includes(wanted)) found();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then(() => {
        missing(new Error(`The host ended without "${wanted}": ${output.out}${output.err}`));
      });
      look();
    });
  const baseUrl = printed('listening on ').then(() => {
    const { url } = /^Functions host listening on (?<url>http:\/\/127\.0\.0\.1:\d+)$/m.exec(output.out)?.groups ?? {};
    if (url === undefined) throw new Error(`No address in: ${output.out}`);
    return url;
  });
  baseUrl.catch(() => undefined);
  return { child, output, baseUrl, printed, ended };
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  /** Sent with its length. */
  readonly body?: string | Buffer;
  /** Sent with `Transfer-Encoding: chunked`. */
  readonly chunks?: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** One request whose path goes out exactly as it is written here. */
export async function send(baseUrl: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { hostname, port } = new URL(baseUrl);
  const { method = 'GET', headers = {}, body, chunks } = sent;
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const framing = chunks ? { 'transfer-encoding': 'chunked' } : length;
  const call = request({ hostname, port, path, method, headers: { ...headers, ...framing }, agent: false });
  const answered = once(call, 'response');
  for (const chunk of chunks ?? []) call.write(chunk);
  call.end(body);
  // A server may answer before it has read everything; what then fails is only the rest of the sending.
  const [response] = (await answered) as [IncomingMessage];
  call.on('error', () => undefined);
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

/** The JSON body of an answer. */
export function json(answer: Answer): unknown {
  return JSON.parse(answer.text);
}
