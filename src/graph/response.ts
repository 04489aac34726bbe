/** What came back from Graph for one attempt. */
export interface GraphResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The JSON value of the body; undefined when there was none, or it broke off, was too large, encoded or not JSON. */
  readonly body: unknown;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every value of a header that came once, more than once or not at all. */
export function headerValues({ headers }: GraphResponse, name: string): readonly string[] {
  const value = headers[name] ?? [];
  return typeof value === 'string' ? [value] : value;
}
