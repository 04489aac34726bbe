import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A certificate for the loopback address with its key, both as PEM, and the file in which they stand. */
export interface Certificate {
  /** For NODE_EXTRA_CA_CERTS: whoever is given it trusts the emulator. */
  readonly path: string;
  readonly pem: string;
}

const tenYearsMs = 3650 * 86_400_000;

/**
 * The certificate of this clone, made at the first start and kept for its owner's eyes only; one that cannot be used is made anew. Several processes may start at
 * once: a link appears whole or not at all, so that the first one to finish is the one that all of them use.
 */
export async function readCertificate(folder = resolve('.local')): Promise<Certificate> {
  const path = join(folder, 'emulator.pem');
  const held = read(path);
  if (held !== undefined && isUsable(held)) return { path, pem: held };
  if (held !== undefined) rmSync(path, { force: true });
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, await make(), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return { path, pem: readFileSync(path, 'utf8') };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether certificate and key are there, belong together, and are valid for a day at least. */
function isUsable(pem: string): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const fresh = Date.parse(certificate.validTo) > Date.now() + 86_400_000;
    return fresh && certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    return false;
  }
}

async function make(): Promise<string> {
  // Loaded only when it is needed, once in the life of a clone.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Model Performance API emulator' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + tenYearsMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return `${cert.trim()}\n${key.trim()}\n`;
}
