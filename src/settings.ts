import Joi from 'joi';

/** One setting: how its text is read, an example, and what it is for. */
interface Setting<Value = unknown> {
  readonly rule: Joi.Schema;
  readonly example: string;
  readonly description: string;
  /** Never set: carries the type of the setting's value to the compiler. */
  readonly value?: Value;
}

/** A whole number from `least` to `most`. */
const whole = (value: number, [least, most]: readonly [number, number], description: string): Setting<number> => ({
  rule: Joi.number().integer().min(least).max(most).default(value),
  example: String(value),
  description,
});

const milliseconds = (value: number, description: string, least = 1): Setting<number> =>
  whole(value, [least, 2 ** 31 - 1], `${description} In milliseconds.`);

/** Waits one after the other, separated by commas: at most twenty. */
const waits = (valuesMs: readonly number[], description: string): Setting<readonly number[]> => ({
  rule: Joi.string()
    .pattern(/^ *\d{1,8} *(, *\d{1,8} *){0,19}$/)
    .custom((text: string) => text.split(',').map(Number))
    .default(valuesMs),
  example: valuesMs.join(','),
  description: `${description} In milliseconds.`,
});

const number = (rule: Joi.NumberSchema, example: string, description: string): Setting<number> => ({
  rule,
  example,
  description,
});

/** One of a few words; the first is the default. */
const choice = <const Word extends string>(words: readonly [Word, ...Word[]], description: string): Setting<Word> => ({
  rule: Joi.string()
    .valid(...words)
    .default(words[0]),
  example: words[0],
  description,
});

/** A text that may be left out. */
const optional = (rule: Joi.StringSchema, example: string, description: string): Setting<string | undefined> => ({
  rule,
  example,
  description,
});

/** Also when the settings are unusable. The platform tries for 1.9 s to pass on a half; a busy instance needs more. */
export const streamTimeoutMs = 10_000;

const oneGuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const exampleGuid = '00000000-0000-0000-0000-000000000000';

/** Pairs of name and value, among them the key; the library would drop the whole text for one pair that is none, and rewrite http. */
const connectionString =
  /^(?=(.*;)?InstrumentationKey=[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(;|$))(?!.*=http:)[^;=]+=[^;=]+(;[^;=]+=[^;=]+)*$/;

/** Ids are compared in lower case, as Entra ID writes them into its tokens. */
const guid = (description: string): Setting<string> => ({
  rule: Joi.string()
    .lowercase()
    .pattern(new RegExp(`^${oneGuid}$`))
    .required(),
  example: exampleGuid,
  description,
});

/** Clouds of Microsoft: where Graph and Entra ID are. Source: "National cloud deployments" of the Graph documentation. */
export const clouds = {
  global: { graph: 'https://graph.microsoft.com', login: 'https://login.microsoftonline.com' },
  usgov: { graph: 'https://graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  usgovdod: { graph: 'https://dod-graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', login: 'https://login.chinacloudapi.cn' },
} as const;

const root = (of: string, example: string) =>
  optional(
    Joi.string().uri({ scheme: ['http', 'https'] }),
    example,
    `Root of ${of}, when it is not that of GRAPH_CLOUD; https, or plain http on a loopback address in Development.`,
  );

/** Every setting of this product, with its rule, its default, an example and what it is for. README and the sample are held against this table. */
export const settings = {
  GRAPH_CLOUD: choice(
    ['global', 'usgov', 'usgovdod', 'china'],
    'Which of Microsoft’s clouds: global, usgov, usgovdod or china.',
  ),
  GRAPH_ROOT: root('Graph', 'https://graph.microsoft.com'),
  GRAPH_VERSION: choice(['beta', 'v1.0'], 'Version of Graph: beta or v1.0.'),
  GRAPH_CREDENTIAL: choice(
    ['managed-identity', 'azure-cli'],
    'Who calls Graph: the managed identity, or who is signed in to the Azure CLI (for a laptop against a real tenant).',
  ),
  MANAGED_IDENTITY_CLIENT_ID: guid('Client id of the user-assigned managed identity that calls Graph.'),
  ENTRA_TENANT_ID: guid('The tenant whose tokens are accepted; no other one’s are.'),
  ENTRA_API_CLIENT_ID: guid('Client id of this API’s own registration: the audience of its callers’ tokens.'),
  ENTRA_ALLOWED_CLIENT_IDS: optional(
    Joi.string()
      .lowercase()
      .pattern(new RegExp(`^ *${oneGuid} *(, *${oneGuid} *)*$`)),
    `${exampleGuid},${exampleGuid.replace(/0$/, '1')}`,
    'Client ids of the applications that may call, separated by commas; left out: every one that was granted a role.',
  ),
  ENTRA_ROOT: root('Entra ID', 'https://login.microsoftonline.com'),
  PUBLIC_BASE_URL: optional(
    Joi.string().uri({ scheme: ['http', 'https'] }),
    'https://models.example.com',
    'Where callers find this API, for links in answers; by default the host name that the platform gives the app.',
  ),
  VALIDATION: choice(
    ['documented', 'strict'],
    'documented: what Graph’s update page allows; strict: scores 0 to 100 or -1, counts from 0, no unknownFutureValue.',
  ),
  VERIFY_BY: choice(
    ['answer', 'read'],
    'answer: a 200 that shows the new values is proof; read: the object is read after it as well.',
  ),
  VERIFY_TOLERANCE: number(
    Joi.number().min(0).max(1).default(1e-6),
    '1e-6',
    'How far a score in Graph’s answer may be from the one that was sent, relative to it; whole numbers and texts are compared exactly.',
  ),
  AUDIT_FROM: choice(
    ['read', 'none'],
    'read: one GET before each write, for the values before it; none: saves that call.',
  ),
  LIST_PAGES: whole(20, [1, 1000], 'Pages of Graph that one call of the list reads at most; nextLink leads on.'),
  DEADLINE_MS: milliseconds(60_000, 'For one call as a whole: token, attempts, waits and read-backs.'),
  CONNECT_TIMEOUT_MS: milliseconds(5_000, 'For a connection to Graph.'),
  ATTEMPT_TIMEOUT_MS: milliseconds(35_000, 'For one attempt at Graph, from sending to the last byte of the answer.'),
  AUDIT_READ_TIMEOUT_MS: milliseconds(5_000, 'For the GET before the write.'),
  LEAST_ATTEMPT_MS: milliseconds(1_000, 'An attempt with less time left than this is not begun.'),
  MAX_ATTEMPTS: whole(3, [1, 10], 'Attempts at Graph for one call, the first included.'),
  BACKOFF_BASE_MS: milliseconds(500, 'Upper bound of the first wait that Graph has not named; doubled for each next.'),
  BACKOFF_CAP_MS: milliseconds(10_000, 'Upper bound of every wait that Graph has not named.'),
  READ_BACK_DELAYS_MS: waits(
    [0, 1_000, 3_000, 8_000, 15_000],
    'Waits before the reads that look for the new values, one after the other; the first is left out when Graph’s answer could be read.',
  ),
  READ_BACK_LEAST_MS: milliseconds(2_000, 'A read-back after an ambiguous attempt is not begun with less time left.'),
  READY_TIMEOUT_MS: milliseconds(10_000, 'For what /health/ready looks at.'),
  READY_CACHE_MS: milliseconds(5_000, 'How long an answer of /health/ready is kept.', 0),
  TOKEN_TIMEOUT_MS: milliseconds(5_000, 'For a token from the identity.'),
  TOKEN_REFRESH_AHEAD_MS: milliseconds(300_000, 'How long before its end a token is renewed in the background.'),
  SIGNING_KEYS_TIMEOUT_MS: milliseconds(5_000, 'For the signing keys of Entra ID.'),
  SIGNING_KEYS_COOLDOWN_MS: milliseconds(30_000, 'Least time between two requests for them, successful or not.'),
  SIGNING_KEYS_REFRESH_MS: milliseconds(3_600_000, 'Age from which they are renewed in the background.'),
  SIGNING_KEYS_STALE_MS: milliseconds(86_400_000, 'Age up to which they serve when they cannot be renewed.'),
  STREAM_TIMEOUT_MS: milliseconds(
    streamTimeoutMs,
    'How long the two halves in which the platform passes on a call wait for each other.',
  ),
  SHUTDOWN_WRITES_MS: milliseconds(
    3_000,
    'What calls that still run are given when the platform ends the instance.',
    0,
  ),
  SHUTDOWN_ANSWERS_MS: milliseconds(250, 'What those that are then cut off are given to be recorded.', 0),
  BULK_WRITES_PER_20_S: whole(
    80,
    [20, 400],
    'Rows that jobs send within 20 s, all instances and all jobs together. Intune documents 100 writes; single updates keep the rest.',
  ),
  BULK_CHUNKS_AT_ONCE: whole(8, [1, 32], 'Chunks of 20 rows that one job has under way; 16 for 160 rows within 20 s.'),
  JOB_RETENTION_DAYS: whole(30, [1, 365], 'Days after which a job is forgotten; the storage deletes it a day later.'),
  JOB_LEASE_MS: whole(
    60_000,
    [15_000, 60_000],
    'How long a job stays with an instance that has died. In milliseconds; storage knows whole seconds, from 15 to 60.',
  ),
  JOB_RENEW_MS: milliseconds(15_000, 'Between two renewals of that lease.'),
  JOB_QUIET_MS: milliseconds(
    40_000,
    'An instance that could not renew for so long sends nothing more of the job; less than the lease.',
  ),
  JOB_HEIR_MS: milliseconds(75_000, 'When a job goes on after an instance that left no word; more than the lease.'),
  JOB_LOOK_MS: milliseconds(
    70_000,
    'When it is looked again whether another instance still runs the job; more than the lease.',
  ),
  JOB_TURN_MS: milliseconds(600_000, 'How long an instance runs a job in one go.'),
  JOB_BARREN_MS: milliseconds(1_800_000, 'A job that gets nowhere for so long, in ten turns and more, is given up.'),
  JOB_POISON_MS: milliseconds(300_000, 'When a job is tried again that failed again and again.'),
  JOB_NUDGE_MS: milliseconds(
    300_000,
    'A job that has not moved for so long is helped on by whoever asks for its progress.',
  ),
  JOB_SHUTDOWN_MS: milliseconds(4_000, 'What rows under way are given when the instance shuts down.', 0),
  JOB_VALUES_MS: milliseconds(30_000, 'Values before that are older are read again before their rows are sent.'),
  JOB_FREE_MS: milliseconds(
    1_500_000,
    'Until then, from the begin of a turn, throttling and outages of Graph use up no attempt of a row.',
  ),
  PACE_WINDOW_MS: milliseconds(20_000, 'The window within which Intune counts writes.'),
  PACE_LATE_MS: milliseconds(1_000, 'Rows that are later for their turn by more take another one.'),
  PACE_BLOCK_MS: milliseconds(
    10_000,
    'What all jobs wait when Graph throttles or fails and names no wait; doubled for each next failure.',
  ),
  PACE_MOST_BLOCK_MS: milliseconds(60_000, 'Upper bound of that wait.'),
  STORAGE_RETRY_MS: milliseconds(
    4_000,
    'Before the second repetition of a call to storage; the first is at once, each next waits longer.',
  ),
  STORAGE_TIMEOUT_MS: milliseconds(30_000, 'For one call to storage with its repetitions.'),
  APPLICATIONINSIGHTS_CONNECTION_STRING: optional(
    Joi.string().pattern(connectionString),
    'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/',
    'Where telemetry goes, with https. Without it there is none.',
  ),
  TELEMETRY_AUTHENTICATION: choice(
    ['connection-string', 'managed-identity'],
    'How telemetry is let in: by the connection string alone, or by the managed identity too (where local authentication is off).',
  ),
  TELEMETRY_SAMPLING_PERCENT: whole(
    100,
    [0, 100],
    'Share of traces whose calls to Graph are kept; audit events, exceptions and metrics always are.',
  ),
  TELEMETRY_INTERVAL_MS: milliseconds(5_000, 'Between two sendings of telemetry.'),
  TELEMETRY_FLUSH_MS: milliseconds(
    1_000,
    'For the last sending of telemetry when the instance shuts down; what running calls leave of their time comes on top.',
    0,
  ),
  TELEMETRY_DROPS_REPORT_MS: milliseconds(60_000, 'Least time between two lines that say how much telemetry was lost.'),
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/** The values of the settings, as their rules read them. */
export type SettingValues = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never;
};
