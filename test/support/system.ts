import { resolve } from 'node:path';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import type { EmulatorOptions } from '../../local/emulator/options.js';
import { holdAgainstContract } from './published.js';
import { send, startHost, type Answer, type HostProcess, type Sent } from './host-fixture/process.js';

/** One instance of the product: the compiled app in the embedded host, a process of its own. */
export interface Instance {
  readonly baseUrl: string;
  readonly host: HostProcess;
  /**
   * One request of a caller who may do everything, unless it brings an `authorization` of its own; its path goes out exactly as it is
   * written. Every answer is held against the published contract.
   */
  readonly call: (path: string, sent?: Sent & { readonly withoutToken?: boolean }) => Promise<Answer>;
  /** One update of one model, or what a text or bytes hold instead of one. */
  readonly patch: (id: string, body: object | string | Buffer, headers?: Sent['headers']) => Promise<Answer>;
  /** The same as a preview. */
  readonly preview: System['patch'];
  readonly stop: () => Promise<void>;
  /** Ends it as a machine that loses its power: nothing runs any more when this resolves. */
  readonly kill: () => Promise<void>;
}

/** The whole product on this machine: an instance against an emulator in this process. */
export interface System extends Instance {
  readonly emulator: Emulator;
}

interface SystemOptions extends EmulatorOptions {
  readonly telemetry?: true;
  /** More of the functions host's command line. */
  readonly flags?: readonly string[];
}

/**
 * Starts it on free ports, with telemetry only when that is asked for: loading it costs each process a second. Every limit is a
 * setting: `environment` scales them down where a test has to wait for one.
 */
export async function startSystem(
  environment: Record<string, string> = {},
  { telemetry, flags, ...options }: SystemOptions = {},
  folder?: string,
): Promise<System> {
  const emulator = await startEmulator(options);
  const all = { ...(telemetry && emulator.ingestion.environment), ...environment };
  const instance = await startInstance(emulator, all, folder, flags).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  return {
    ...instance,
    emulator,
    stop: async () => {
      await instance.stop();
      await emulator.close();
    },
  };
}

/**
 * Starts one instance against an emulator that is there: a second one, or one that follows another. Its app is that of the folder.
 * @param flags of the embedded host, beside its port and folder
 */
export async function startInstance(
  emulator: Emulator,
  environment: Record<string, string> = {},
  folder = resolve('.'),
  flags: readonly string[] = [],
): Promise<Instance> {
  const host = startHost(
    {
      ...emulator.environment,
      ...environment,
    },
    '--root',
    folder,
    ...flags,
  );
  const baseUrl = await host.baseUrl;
  const call: System['call'] = async (path, { withoutToken, ...sent } = {}) => {
    const own = Object.keys(sent.headers ?? {}).some((name) => name.toLowerCase() === 'authorization');
    const authorization = own || withoutToken ? {} : { authorization: `Bearer ${emulator.issue()}` };
    const answer = await send(baseUrl, path, { ...sent, headers: { ...authorization, ...sent.headers } });
    holdAgainstContract(sent.method ?? 'GET', path, answer);
    return answer;
  };
  return {
    baseUrl,
    host,
    call,
    patch: (id, body, headers) =>
      call(`/api/v1/model-performance/${id}`, { method: 'PATCH', ...asJson(body, headers) }),
    preview: (id, body, headers) =>
      call(`/api/v1/model-performance/${id}/preview`, { method: 'POST', ...asJson(body, headers) }),
    stop: async () => {
      host.child.kill('SIGTERM');
      await host.ended;
    },
    kill: async () => {
      host.child.kill('SIGKILL');
      await host.ended;
    },
  };
}

function asJson(body: object | string | Buffer, headers: Sent['headers'] = {}): Sent {
  const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return { headers: { 'content-type': 'application/json', ...headers }, body: sent };
}
