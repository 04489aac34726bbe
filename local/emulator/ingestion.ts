import { gunzipSync } from 'node:zlib';
import type { Twist } from './act.js';
import { instrumentationKey } from './constants.js';
import { json, type Answer, type Call } from './exchange.js';
import type { KeyRing } from './keys.js';
import type { Log, RecordedRequest } from './record.js';

/** One item of telemetry as it came, with the request that brought it. */
export interface Envelope {
  /** Such as `Microsoft.ApplicationInsights.RemoteDependency`. */
  readonly name: string;
  readonly time: string;
  readonly iKey: string;
  readonly sampleRate?: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: Readonly<Record<string, unknown>> };
}

export interface Ingestion {
  readonly answer: (call: Call, twist: Twist) => Answer;
  /** What was accepted, oldest first; of one kind when a name, or the end of one, is given. */
  readonly envelopes: (name?: string) => Envelope[];
  readonly clear: () => void;
}

/** Where telemetry goes. Its requests are not among the emulator's: telemetry must not disturb what tests say of the others. */
export interface EmulatedIngestion extends Pick<Ingestion, 'envelopes'> {
  readonly connectionString: string;
  /** For NODE_EXTRA_CA_CERTS in the app's environment: ingestion speaks TLS, because the exporter refuses plain HTTP. */
  readonly certificatePath: string;
  /** What the app needs in its environment to send its telemetry here, and to trust it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: () => RecordedRequest[];
}

interface Options {
  readonly keys: KeyRing;
  /** How many envelopes are remembered; the oldest go first. */
  readonly limit: number;
  /** Whether local authentication is off, so that the connection string alone does not do. */
  readonly needsToken: boolean;
  readonly now: () => number;
}

const audience = 'https://monitor.azure.com';

/** The ingestion service of Application Insights: `POST /v2.1/track` and `/v2/track`, a JSON array or one envelope a line. */
export function openIngestion({ keys, limit, needsToken, now }: Options): Ingestion {
  let kept: Envelope[] = [];

  function answer(call: Call, twist: Twist): Answer {
    if (call.method !== 'POST' || !/^\/v2(\.1)?\/track$/.test(call.path)) {
      return json(501, { error: `The emulator does not know ${call.method} ${call.path} of ingestion.` });
    }
    if (needsToken && !isAllowed(call.headers.authorization ?? '')) return refusal(401, 0, 'Authentication required');
    const items = readItems(call);
    if (items === undefined) return refusal(400, 0, 'The body is not telemetry');
    const errors = items.flatMap((item, index) => {
      const mistake = twist.accepts === 'half' && index % 2 === 1 ? refusedLater : mistakeOf(item);
      return mistake === undefined ? [] : [{ index, ...mistake }];
    });
    const refused = new Set(errors.map(({ index }) => index));
    if (twist.stores !== 'nothing') {
      kept = [...kept, ...(items.filter((_, index) => !refused.has(index)) as Envelope[])].slice(-limit);
    }
    const itemsAccepted = items.length - errors.length;
    const status = errors.length === 0 ? 200 : itemsAccepted === 0 ? 400 : 206;
    return json(status, { itemsReceived: items.length, itemsAccepted, appId: null, errors });
  }

  function isAllowed(authorization: string): boolean {
    const claims = keys.open(/^Bearer (\S+)$/.exec(authorization)?.[1] ?? '');
    return claims?.aud === audience && Number(claims.exp) * 1000 > now();
  }

  return {
    answer,
    envelopes: (name = '') => kept.filter((envelope) => envelope.name.endsWith(name)),
    clear: () => {
      kept = [];
    },
  };
}

export function emulatedIngestion(
  url: string,
  certificatePath: string,
  { envelopes }: Ingestion,
  log: Log,
): EmulatedIngestion {
  const connectionString = `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${url}/;LiveEndpoint=${url}/`;
  return {
    connectionString,
    certificatePath,
    environment: { APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString, NODE_EXTRA_CA_CERTS: certificatePath },
    envelopes,
    requests: log.list,
  };
}

const refusedLater = { statusCode: 500, message: 'Internal server error' };

function refusal(status: number, received: number, message: string): Answer {
  const errors = [{ index: 0, statusCode: status, message }];
  return json(status, { itemsReceived: received, itemsAccepted: 0, appId: null, errors });
}

/** The items of a body; undefined when it is neither JSON nor JSON by lines. */
function readItems({ headers, body, bytes }: Call): unknown[] | undefined {
  try {
    const text = headers['content-encoding'] === 'gzip' && bytes ? gunzipSync(bytes).toString() : body;
    if (text.trimStart().startsWith('[')) return JSON.parse(text) as unknown[];
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.length === 0 ? undefined : lines.map((line): unknown => JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** What is wrong with an item, with the service's numbers for it. */
function mistakeOf(item: unknown): { statusCode: number; message: string } | undefined {
  const { name, time, iKey, data } = (item ?? {}) as Partial<Envelope>;
  const wrong = (message: string) => ({ statusCode: 400, message });
  if (typeof name !== 'string') return wrong("101: Field 'name' on type 'Envelope' is required");
  if (Number.isNaN(Date.parse(String(time)))) return wrong("109: Field 'time' on type 'Envelope' is no time");
  if (iKey !== instrumentationKey) return wrong('Invalid instrumentation key');
  if (typeof data?.baseType !== 'string') return wrong("103: Field 'data' on type 'Envelope' is required");
  return undefined;
}
