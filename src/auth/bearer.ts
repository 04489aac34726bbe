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
 * @throws Problem unauthenticated when there is none (F60), invalid-token when it cannot be one, or when there are two; each says what
 * is wrong with the shape of the header, and never what it holds
 */
export function readBearer({ headers }: Asking): string {
  const header = headers.get('authorization')?.trim() ?? '';
  if (!/^bearer\b/i.test(header)) {
    const reason = header === '' ? undefined : 'The Authorization header does not begin with the word Bearer.';
    throw new Problem('unauthenticated', 'not-applied', { ...(reason !== undefined && { reason }) });
  }
  const given = header.slice('bearer'.length);
  const token = header.length > tokenLimitBytes ? undefined : /^ +([\w.-]+)$/.exec(given)?.[1];
  if (token === undefined || /^bearer$/i.test(token)) {
    throw new Problem('invalid-token', 'not-applied', { cause: 'header', ...whyNone(given.trim()) });
  }
  return token;
}

/** What is wrong with the header itself, and what mends it; nothing where it may be the token, of which nothing is told (F62). */
function whyNone(given: string): Pick<Problem['more'], 'reason' | 'advice'> {
  if (given === '') return { reason: 'No token follows the word Bearer: it may come from a variable that is empty.' };
  if (/^bearer$/i.test(given)) return { reason: 'The word Bearer stands there twice, and no token follows.' };
  if (/^bearer\b/i.test(given))
    return { reason: 'The word Bearer stands there twice.', advice: 'Send the same token with the word once.' };
  if (/^["'].*["']$/.test(given))
    return { reason: 'The token stands in quotes.', advice: 'Send the same token without them.' };
  if (/\s/.test(given))
    return {
      reason: 'More than one word follows Bearer: a token has no space or line break in it.',
      advice: 'Send the same token in one piece.',
    };
  return {};
}
