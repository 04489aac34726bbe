import type { Resource } from './resource.js';

/** What the objects of a resource are called in sentences. */
export type Words = Pick<Resource, 'object' | 'objects'>;

/** For sentences of which nobody knows what resource they are about. */
export const plainWords: Words = { object: 'object', objects: 'objects' };

/** A sentence that all resources share, such as `Read the {{object}}`, about one of them. */
export function worded(sentence: string, { object, objects }: Words): string {
  return sentence.replaceAll('{{object}}', object).replaceAll('{{objects}}', objects);
}
