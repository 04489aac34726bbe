import { Server } from 'node:net';
import type { App } from './core.js';

/**
 * The port of the library's own HTTP server, which it opens in stream mode (`enableHttpStream`) and tells as the capability `HttpUri`.
 * The library would listen on all interfaces; here it listens on loopback only. Refuses an app without stream mode: nothing else is played.
 */
export async function openStreamPort(app: App): Promise<number> {
  const { model } = app;
  const capabilities = await listenOnLoopbackDuring(() => model?.getCapabilities?.({}));
  const address = capabilities?.HttpUri;
  if (address === undefined)
    throw new Error('This host serves stream mode only: the app must call app.setup({ enableHttpStream: true }).');
  return Number(new URL(address).port);
}

/** The library calls `listen(callback)` before it first waits, so the change lasts for one synchronous call. */
function listenOnLoopbackDuring<Result>(work: () => Result): Result {
  const prototype = Server.prototype as { listen: (this: Server, ...given: unknown[]) => Server };
  const { listen } = prototype;
  prototype.listen = function (...given) {
    return listen.apply(this, typeof given[0] === 'function' ? [{ host: '127.0.0.1', port: 0 }, ...given] : given);
  };
  try {
    return work();
  } finally {
    prototype.listen = listen;
  }
}
