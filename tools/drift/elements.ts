import { SaxesParser } from 'saxes';

/** One element of an XML document, with all that is inside it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** A child of a CSDL `Schema`, and the attributes of its schema. */
export interface SchemaElement {
  readonly schema: Readonly<Record<string, string>>;
  readonly element: Element;
}

/**
 * The children of every `Schema` of a CSDL document, each as soon as its end tag has come: of Graph's ten megabytes one is held at a time.
 * @throws Error when the document is not well-formed XML, ends early or holds no schema
 */
export async function* readSchemaElements(chunks: AsyncIterable<string>): AsyncGenerator<SchemaElement> {
  const open: Element[] = [];
  const ready: SchemaElement[] = [];
  let schemas = 0;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'Schema') schemas += 1;
    open.push({ name, attributes, children: [], text: '' });
  });
  parser.on('text', (text) => {
    const inner = open.at(-1);
    if (inner) inner.text += text;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    const parent = open.at(-1);
    if (element === undefined || parent === undefined) return;
    if (parent.name === 'Schema') ready.push({ schema: parent.attributes, element });
    else if (open.some(({ name }) => name === 'Schema')) parent.children.push(element);
  });
  parser.on('error', (error) => {
    throw error;
  });
  for await (const chunk of chunks) {
    parser.write(chunk);
    yield* ready.splice(0);
  }
  parser.close();
  if (schemas === 0) throw new Error('It holds no schema.');
}
