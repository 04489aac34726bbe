import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request to a server on this machine comes from a page of somebody else's, which must neither read nor change anything here:
 * by a name of its own that leads to the loopback address (DNS rebinding: the Host header tells), or from another site or origin
 * (Fetch Metadata, RFC 6454 Origin). Programs send neither Origin nor Sec-Fetch-Site.
 * @param url of the server, `http://127.0.0.1:<port>`
 */
export function isStranger(
  headers: Readonly<Pick<IncomingHttpHeaders, 'host' | 'origin'> & Record<string, unknown>>,
  url: string,
): boolean {
  const { host, port } = new URL(url);
  const names = [host, `localhost:${port}`];
  const site = headers['sec-fetch-site'] ?? 'none';
  if (!names.includes(headers.host ?? '')) return true;
  if (headers.origin !== undefined && !names.some((name) => headers.origin === `http://${name}`)) return true;
  return site !== 'same-origin' && site !== 'none';
}
