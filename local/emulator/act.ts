/** How an error of Graph reads: Intune puts JSON as a string into `message`, once or even twice. */
export interface GraphError {
  readonly code: string;
  readonly message: string;
  readonly nested?: 'once' | 'twice';
  /** Only inside the nested message. */
  readonly retryAfter?: number | string;
  /** Only inside the nested message, where the code outside is the plain one of every 400. */
  readonly innerCode?: string;
}

/** Where a fault strikes: Graph, the managed identity's endpoint, the signing keys or the OpenID configuration of the issuer, telemetry's ingestion. */
export type Place = 'graph' | 'identity' | 'keys' | 'metadata' | 'ingestion';

/** How the normal handling is bent. Each server reads what concerns it. */
export interface Twist {
  /** What a write stores. `unseen` stores all and answers with the old values; the others answer with what is stored. */
  readonly stores?: 'all' | 'nothing' | 'half' | 'rounded' | 'single precision' | 'off by one' | 'unseen';
  /** Shown instead of an object's own values, each as the JSON text that is sent; of a page, in its first object. */
  readonly values?: Readonly<Record<string, string>>;
  /** Where the link of each page leads; the pages of `endless` are empty. */
  readonly pages?:
    | 'itself'
    | 'circle'
    | 'endless'
    | 'null'
    | 'other case'
    | 'no mark'
    | 'more options'
    | 'another path'
    | 'another host'
    | 'no address';
  /** How a good answer's object is dressed. */
  readonly shape?: 'wrapped' | 'padded' | 'upper case id' | 'other id';
  /** Status of the answer to a write, 200 without a twist. */
  readonly status?: number;
  /** How long reads go on to show the object as it was, after a write was stored. */
  readonly showsAfterMs?: number;
  /** Life of a managed identity's token, in seconds. */
  readonly lifetimeSeconds?: number;
  /** The managed identity gives the token that it gave last, as the platform's own cache does. */
  readonly token?: 'the same';
  /** What a managed identity's answer lacks. */
  readonly lacks?: 'expires_on' | 'access_token';
  /** What ingestion takes of a batch: every second envelope. */
  readonly accepts?: 'half';
}

/** Content of a `Retry-After` header: seconds, a date that many seconds from now in one of its three forms, or any text. */
export type RetryAfter = number | { readonly inSeconds: number; readonly form?: 'RFC 850' | 'asctime' } | string;

/** What an answer's body is. */
export type Content = { readonly error: GraphError } | { readonly type: string; readonly text: string } | 'nothing';

/** What a fault does, as data. */
export type Act =
  /** The normal answer, bent. */
  | { readonly do: 'twist'; readonly twist: Twist; readonly waitMs?: number }
  /** A complete HTTP answer of its own; the only kind, beside twists, that can strike one item of a batch alone. */
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly content: Content;
      readonly retryAfter?: RetryAfter;
      /** `Location`: the address that was asked for, or one of another server, which records what reaches it. */
      readonly location?: 'itself' | 'elsewhere';
      readonly headers?: Readonly<Record<string, string>>;
    }
  /**
   * Bytes of our own instead of an HTTP answer. In `text` stand `{body}`, `{half}` and `{length}` for the good answer's
   * body, its first half and its length in bytes.
   */
  | {
      readonly do: 'wire';
      /** Sent before `text`, so many times. */
      readonly flood?: { readonly text: string; readonly times: number };
      readonly text: string;
      /** Each character of `text` is one byte, so that it need not be UTF-8. */
      readonly latin1?: true;
      /** Sends what follows the header one byte at a time, so many milliseconds apart. */
      readonly dripMs?: number;
      readonly then: 'fin' | 'reset' | 'hang' | 'endless chunks';
    }
  /** Cuts the connection as soon as the request's header is there, before its body is read. */
  | { readonly do: 'cut' }
  /** Refuses every connection until disarmed. */
  | { readonly do: 'refuse'; readonly listener: 'graph' | 'identity' | 'ingestion' }
  /** Leaves this item out of a batch's answer. */
  | { readonly do: 'leave out' }
  /** Nothing that the emulator could do: the row says what to do instead. */
  | { readonly do: 'note' };

export interface Fault {
  readonly id: string;
  /** What happens, in one line. */
  readonly description: string;
  readonly on: Place;
  readonly act: Act;
  /** Method that it waits for when the one who arms it names none. */
  readonly method: 'GET' | 'PATCH' | 'POST' | 'any';
  /** Whether a write is stored all the same, when the one who arms it does not say. */
  readonly applied: boolean;
}
