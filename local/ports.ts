import { wholeNumber } from './commandLine.js';

/** Where the local system begins unless `--port` says otherwise. The sample of the settings names the ports from here on. */
const defaultPort = 7071;

/** The ports of one local system on the loopback address: they move together, so that two copies can run side by side. */
export interface Ports {
  readonly api: number;
  readonly graph: number;
  /** The emulated Entra ID, and the emulator's control. */
  readonly identity: number;
  readonly ingestion: number;
  readonly blob: number;
  readonly queue: number;
  readonly console: number;
}

export function portsFrom(base = defaultPort): Ports {
  return {
    api: base,
    graph: base + 1,
    identity: base + 2,
    ingestion: base + 3,
    blob: base + 4,
    queue: base + 5,
    console: base + 6,
  };
}

/** `--port` of every command: the first of the ports. */
export const portOption = { type: 'string', default: String(defaultPort) } as const;

/** @throws Error about a number that leaves no room for the others */
export const readPorts = (text: string): Ports => portsFrom(wholeNumber('--port', text, 1, 65_535 - 6));
