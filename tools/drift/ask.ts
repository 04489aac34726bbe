import { createReadStream } from 'node:fs';
import type { Resource } from '../../src/resource/resource.js';
import { compareResource } from './compare.js';
import { readSchemaElements } from './elements.js';
import { readMetadata } from './metadata.js';

/** For the whole document, which is some ten megabytes. */
const limitMs = 120_000;

/**
 * Compares a resource's table with `$metadata` as it arrives. Graph gives it to everybody, without a token.
 * @param place an address, or the path of a file
 * @returns a sentence for each difference
 * @throws Error with what was wrong with the place or the document
 */
export async function findDrift(resource: Resource, place: string): Promise<string[]> {
  const chunks = /^https?:\/\//.test(place) ? await download(place) : createReadStream(place, 'utf8');
  return compareResource(resource, await readMetadata(readSchemaElements(chunks as AsyncIterable<string>)));
}

async function download(address: string): Promise<AsyncIterable<string>> {
  const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(limitMs) });
  if (answer.status !== 200 || answer.body === null)
    throw new Error(`The answer has status ${answer.status}, and not 200.`);
  return answer.body.pipeThrough(new TextDecoderStream());
}

/** Why the metadata cannot be read, in plain words. */
export function whyNoMetadata(error: unknown): string {
  if (error instanceof DOMException) return `it did not come within ${limitMs / 1000} seconds.`;
  const { message, cause } = error as Error & { readonly cause?: { readonly code?: string } };
  return cause === undefined ? message : `the connection fails (${cause.code ?? message}).`;
}
