import { resolve } from 'node:path';
import { startEmulator, type Emulator, type EmulatorOptions } from '../local/emulator/emulator.js';
import { startHost, type HostProcess } from './local/host-fixture/process.js';

/** The whole product on this machine: the compiled app in the embedded host, a process of its own, against an emulator in this one. */
export interface System {
  readonly baseUrl: string;
  readonly emulator: Emulator;
  readonly host: HostProcess;
  readonly stop: () => Promise<void>;
}

/** Starts it on free ports. Every limit is a setting: `environment` scales them down where a test has to wait for one. */
export async function startSystem(
  environment: Record<string, string> = {},
  options: EmulatorOptions = {},
): Promise<System> {
  const emulator = await startEmulator(options);
  const host = startHost(
    {
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      GRAPH_ROOT: emulator.graphUrl,
      MANAGED_IDENTITY_CLIENT_ID: emulator.clientId,
      ...emulator.identityEnvironment,
      ...environment,
    },
    '--root',
    resolve('.'),
  );
  return {
    baseUrl: await host.baseUrl,
    emulator,
    host,
    stop: async () => {
      host.child.kill('SIGTERM');
      await host.ended;
      await emulator.close();
    },
  };
}
