import type { Resource } from '../../src/resource/resource.js';

const capital = (word: string) => word.replace(/^./, (letter) => letter.toUpperCase());

/** A template of documents with what is the resource's own in the place of each name in double braces. */
export function filled<T>(template: T, { name, typeName, object, objects }: Resource): T {
  const own: Readonly<Record<string, string>> = {
    name,
    Type: typeName,
    title: typeName.replaceAll(/\B[A-Z]/g, ' $&').toLowerCase(),
    object,
    objects,
    Object: capital(object),
    Objects: capital(objects),
  };
  const text = JSON.stringify(template).replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => own[key] ?? whole);
  return JSON.parse(text) as T;
}
