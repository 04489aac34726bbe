import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Act } from './act.js';

type WireAct = Extract<Act, { do: 'wire' }>;

/** Long enough for the caller to have seen what came before a reset, which would otherwise overtake it. */
const beforeResetMs = 25;

const chunkOfZeros = Buffer.from(`4000\r\n${'0'.repeat(0x4000)}\r\n`);

/**
 * Writes a fault's bytes straight to the connection and ends it as the fault says.
 * @param body of the good answer, for the places in the fault's text that stand for it
 * @param signal cuts the connection, however long the fault would have lasted
 */
export async function playOnWire(
  act: WireAct,
  socket: Socket,
  { body, dripMs, signal }: { body: string; dripMs: number | undefined; signal: AbortSignal },
): Promise<void> {
  const release = () => socket.destroy();
  signal.addEventListener('abort', release);
  try {
    const text = act.text
      .replace('{length}', String(Buffer.byteLength(body)))
      .replace('{half}', () => body.slice(0, body.length / 2))
      .replace('{body}', () => body);
    const bytes = Buffer.from(text, act.latin1 ? 'latin1' : 'utf8');
    if (act.flood) await repeat(socket, Buffer.from(act.flood.text), act.flood.times);
    if (dripMs === undefined) await write(socket, bytes);
    else await drip(socket, bytes, dripMs, signal);
    await ends[act.then](socket);
  } finally {
    signal.removeEventListener('abort', release);
  }
}

const ends: Record<WireAct['then'], (socket: Socket) => Promise<void>> = {
  fin: (socket) => {
    socket.destroySoon();
    return Promise.resolve();
  },
  reset: async (socket) => {
    await pause(beforeResetMs);
    socket.resetAndDestroy();
  },
  hang: async (socket) => {
    if (!socket.destroyed) await once(socket, 'close');
  },
  'endless chunks': (socket) => repeat(socket, chunkOfZeros, Infinity),
};

/** Each piece waits for the one before it to have left, so that a caller who does not read costs no memory. */
async function repeat(socket: Socket, piece: Buffer, times: number): Promise<void> {
  for (let sent = 0; sent < times && !socket.destroyed; sent += 1) await write(socket, piece);
}

async function drip(socket: Socket, bytes: Buffer, dripMs: number, signal: AbortSignal): Promise<void> {
  const headEnd = bytes.indexOf('\r\n\r\n') + 4;
  await write(socket, bytes.subarray(0, headEnd));
  for (let at = headEnd; at < bytes.length && !socket.destroyed; at += 1) {
    await pause(dripMs, undefined, { signal });
    await write(socket, bytes.subarray(at, at + 1));
  }
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
