import { Problem } from '../problem.js';

/** Longer tokens are not looked at. Those of Entra ID have some 2 KiB. */
const tokenLimitBytes = 16 * 1024;

/** The part of a request that says who calls. */
interface Asking {
  readonly headers: { readonly get: (name: string) => string | null };
}

/**
 * The token of the one `Authorization: Bearer` header (RFC 6750 §2.1). Tokens in the query or the body are never read, and
 * neither is what a platform may have put into `x-ms-client-principal` (F61).
 * @throws Problem unauthenticated when there is none (F60), invalid-token when it cannot be one, or when there are two
 */
export function readBearer({ headers }: Asking): string {
  const header = headers.get('authorization')?.trim() ?? '';
  if (!/^bearer\b/i.test(header)) throw new Problem('unauthenticated');
  const token = header.length > tokenLimitBytes ? undefined : /^bearer +([\w.-]+)$/i.exec(header)?.[1];
  if (token === undefined) throw new Problem('invalid-token', 'not-applied', { cause: 'header' });
  return token;
}
