/** A place in a trace: the `traceparent` that the host gives each call (W3C Trace Context). */
export interface Parent {
  readonly traceparent?: string | undefined;
}

type Texts = Readonly<Record<string, string>>;
type Numbers = Readonly<Record<string, number>>;

/** One call that this app made to another service, after it ended. */
export interface DependencyRecord {
  readonly kind: 'dependency';
  readonly traceparent: string | undefined;
  readonly name: string;
  readonly method: string;
  /** Host of the service. */
  readonly target: string;
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: number | undefined;
  readonly success: boolean;
  readonly texts: Texts;
  readonly numbers: Numbers;
}

/** An event or an exception at a moment: never sampled. */
export interface EventRecord {
  readonly kind: 'event' | 'exception';
  readonly traceparent: string | undefined;
  /** Name of the event, or type of the exception. */
  readonly name: string;
  readonly atMs: number;
  /** Of an exception: its frames. */
  readonly stack?: string;
  readonly texts: Texts;
  readonly numbers: Numbers;
}

/** Values of one metric with the same dimensions: of a sum their sum counts, of a distribution also how many, least and greatest. */
export interface MeasureRecord {
  readonly kind: 'sum' | 'distribution';
  readonly name: string;
  readonly texts: Texts;
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly greatest: number;
}

/** What travels to the telemetry thread: plain data, so that it can be cloned. */
export type TelemetryRecord = DependencyRecord | EventRecord | MeasureRecord;

/** One batch for the thread, of one kind. */
export interface Job {
  readonly id: number;
  readonly records: readonly TelemetryRecord[];
}

/** What became of a batch. */
export interface Receipt {
  readonly id: number;
  /** The service did not take it and may take it later. */
  readonly again: boolean;
  /** How many of its records were refused for good. */
  readonly refused: number;
  /** The wait that the service asked for. */
  readonly retryAfterMs?: number;
}

/** What the thread is started with. */
export interface ThreadSettings {
  readonly connectionString: string;
  /** Client id of the managed identity that ingestion is asked to trust; undefined for the connection string alone. */
  readonly identityClientId: string | undefined;
  /** Share of dependencies that is kept, 0 to 100. */
  readonly samplingPercent: number;
  readonly sendTimeoutMs: number;
}
