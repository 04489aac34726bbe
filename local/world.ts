import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Stop } from './commandLine.js';
import { startConsole, type Console } from './console/console.js';
import { startEmulator, type Emulator } from './emulator/emulator.js';
import type { Ports } from './ports.js';
import { startStorage, type Storage } from './storage.js';

/** Everything but the functions host. */
export interface World {
  readonly emulator: Emulator;
  readonly storage: Storage;
  readonly page: Console;
  readonly close: () => Promise<void>;
}

export const apiUrl = (port: number) => `http://127.0.0.1:${port}`;

/** Starts it. Jobs and their messages are kept from one start to the next. @throws Stop for a port that cannot be had */
export async function openWorld({ api, graph, identity, ingestion, blob, queue, console }: Ports): Promise<World> {
  const folder = join('.local', String(api), 'storage');
  try {
    await isFree(api);
    const [emulator, storage] = await Promise.all([
      startEmulator({ graphPort: graph, identityPort: identity, ingestionPort: ingestion }),
      startStorage({ folder, blobPort: blob, queuePort: queue }),
    ]);
    const page = await startConsole(console, emulator, apiUrl(api));
    const close = async () => {
      await Promise.all([page.close(), emulator.close(), storage.close()]);
    };
    return { emulator, storage, page, close };
  } catch (error) {
    const [, why] = /^Azurite did not start: (.*)/.exec((error as Error).message) ?? [];
    if (why !== undefined && !('code' in (error as Error)))
      throw new Stop(`Storage does not start: ${why} To begin with an empty one, delete ${folder}.`);
    const { code, port } = error as { code?: string; port?: number };
    const words = { EADDRINUSE: 'is taken, perhaps by another npm start', EACCES: 'is not allowed here' }[code ?? ''];
    if (words === undefined || port === undefined) throw error;
    throw new Stop(`Port ${port} ${words}. Take other ports: npm start -- --port ${api < 2000 ? 7071 : api + 100}`);
  }
}

/** Another API at this port would be taken for the one that is started. */
async function isFree(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
