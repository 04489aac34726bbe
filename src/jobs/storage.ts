/**
 * What the engine needs of Azure Storage: blobs with conditions and leases, and a queue. Every call repeats by itself and may so meet
 * its own effect: whoever reads `undefined` for "somebody was faster" looks whether it was not itself.
 * Every function throws `StorageFailed` when the storage gives no usable answer.
 */
export interface Storage {
  /** Headers of jobs alone: what a caller's listing reads. */
  readonly jobs: Blobs;
  /** Everything else. */
  readonly data: Blobs;
  readonly queue: Queue;
}

/** Small texts that programs sort by, told in listings. Names are lower-case letters. */
export type Metadata = Readonly<Record<string, string>>;

export interface Blobs {
  /** Creates it if it is not there; `undefined` when it is. */
  readonly create: (name: string, content: string | Buffer, metadata?: Metadata) => Promise<Tag | undefined>;
  /** `undefined` when it is not there. */
  readonly read: (name: string) => Promise<Content | undefined>;
  /** The bytes from the first offset up to, not including, the second. */
  readonly readRange: (name: string, from: number, to: number) => Promise<string>;
  /** Replaces what has this tag; `undefined` when it has another by now, or is leased by somebody. */
  readonly replace: (name: string, content: string, tag: Tag, metadata?: Metadata) => Promise<Tag | undefined>;
  /** Replaces the metadata of a blob under its lease; false when the lease is gone. */
  readonly describe: (name: string, metadata: Metadata, leaseId: string) => Promise<boolean>;
  /** Everything below a prefix, in the order of the names. */
  readonly list: (prefix: string) => Promise<readonly Listed[]>;
  /** False when somebody else has it. */
  readonly acquire: (name: string, leaseId: string, leaseMs: number) => Promise<boolean>;
  /** False when it is gone. */
  readonly renew: (name: string, leaseId: string) => Promise<boolean>;
  readonly release: (name: string, leaseId: string) => Promise<void>;
}

/** Version of a blob's content and metadata. */
export type Tag = string;

export interface Content {
  readonly text: string;
  readonly tag: Tag;
  readonly metadata: Metadata;
  /** The storage's clock when it answered, in whole seconds, told in milliseconds since 1970. */
  readonly dateMs: number;
}

export interface Listed {
  readonly name: string;
  readonly metadata: Metadata;
  /** Milliseconds since 1970. */
  readonly changedMs: number;
}

export interface Queue {
  /** The message can be received after the delay, and does not expire. */
  readonly send: (message: object, delayMs: number) => Promise<Sent>;
  /** Gives a message another content and another delay; `undefined` when somebody has received or deleted it meanwhile. */
  readonly update: (sent: Sent, message: object, delayMs: number) => Promise<Sent | undefined>;
  /** Deletes it, if nobody has received it meanwhile. */
  readonly delete: (sent: Sent) => Promise<void>;
  /** Does nothing, if the queue is there and lets this app in. */
  readonly look: () => Promise<void>;
}

/** A message that was sent, and what proves that it is as it was left. */
export interface Sent {
  readonly id: string;
  readonly receipt: string;
}

/** The storage gave no usable answer: what was asked for may have been done. */
export class StorageFailed extends Error {
  /** @param status of the last answer, if there was one */
  constructor(
    operation: string,
    cause?: unknown,
    readonly status?: number,
  ) {
    super(`${operation} failed`, { cause });
    this.name = 'StorageFailed';
  }
}
