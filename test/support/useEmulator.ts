import { beforeEach } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { callGraph, graphToken, type Reply, type Sent } from './emulatorCalls.js';
import { useStarted } from './useStarted.js';

/** An emulator and a token for its Graph. */
interface Used {
  readonly emulator: Emulator;
  readonly token: string;
  /** One request to Graph, with the token unless another is named. */
  readonly call: (method: string, path: string, sent?: Partial<Sent>) => Promise<Reply>;
}

/** One emulator for the tests of a file: started before them, as at its start before each, closed after them. */
export function useEmulator(): Used {
  const used = useStarted(async () => {
    const emulator = await startEmulator();
    return { emulator, token: await graphToken(emulator), stop: emulator.close };
  });
  beforeEach(() => {
    used().emulator.reset();
  });
  return {
    get emulator() {
      return used().emulator;
    },
    get token() {
      return used().token;
    },
    call: (method, path, sent = {}) => callGraph(used().emulator, method, path, { as: used().token, ...sent }),
  };
}
