import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from './host-fixture/process.js';

/** The part of an OpenAPI document that answers are held against. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Response>>;
}
interface Response {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
}

export const published = (validation: 'documented' | 'strict') =>
  JSON.parse(readFileSync(`contract/openapi.${validation}.json`, 'utf8')) as Document;

/** Validators of a document's parts by their place in it, such as `#/components/schemas/Problem`; each is compiled once, when it is first asked for. */
export function validatorsOf(document: object): (place: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true, strictNumbers: true });
  addFormats(ajv);
  ajv.addSchema(document, 'contract');
  return (place) => {
    const validate = ajv.getSchema(`contract${place}`);
    if (validate === undefined) throw new Error(`The contract has no ${place}.`);
    return validate;
  };
}

/** Our answers may gain properties one day; today they have none that the contract does not name. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closed(part)]));
  return 'type' in value && value.type === 'object' && 'properties' in value
    ? { additionalProperties: false, ...inner }
    : inner;
}

const document = published('documented');
const validator = validatorsOf({
  ...document,
  components: { ...document.components, schemas: closed(document.components.schemas) },
});
const templates = Object.keys(document.paths).map((path) => ({
  path,
  // The platform heeds no case in its own part of a path, and no slash at its end.
  pattern: new RegExp(`^/api${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
}));
const escaped = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

/** A host that is about to end answers so by itself: no function was called, or the answer would name its invocation. The real one does too. */
export const isOfHost = ({ status, headers }: Answer): boolean =>
  status === 503 && headers['x-ms-invocation-id'] === undefined;

/**
 * Holds an answer against the contract: its status, type, headers and content must be among those of its operation.
 * A method that the path does not have is answered with 405; paths that the contract does not know are nobody's business here.
 * @throws Error that says what breaks the contract
 */
export function holdAgainstContract(method: string, path: string, answer: Answer): void {
  const [bare = ''] = path.split('?');
  const template = templates.find(({ pattern }) => pattern.test(bare))?.path;
  // A path that cannot be is refused by the platform itself, in its own way.
  if (template === undefined || bare.includes('%00')) return;
  if (isOfHost(answer)) return;
  const name = (method === 'HEAD' ? 'GET' : method).toLowerCase();
  const where = `${method} ${path.slice(0, 200)} ${answer.status}`;
  const broken = (what: string) => new Error(`${where} breaks the contract: ${what}\n${answer.text.slice(0, 500)}`);

  const operation = document.paths[template]?.[name];
  if (operation === undefined || wasRoutedElsewhere(answer)) {
    if (answer.status !== 405 && answer.status !== 404) throw broken('the path has no such method');
    if (method !== 'HEAD' && !validator('#/components/schemas/Problem')(JSON.parse(answer.text)))
      throw broken('no problem document');
    return;
  }
  const response = operation.responses[String(answer.status)];
  if (response === undefined) throw broken('no such status');
  for (const header of Object.keys(response.headers)) {
    const own = `#/paths/${escaped(template)}/${name}/responses/${answer.status}/headers/${header}`;
    const validate = validator(`${referenceOf(response.headers[header]) ?? own}/schema`);
    const { required } = headerOf(response.headers[header]);
    const value = answer.headers[header];
    if (value === undefined ? required === true : !validate(value)) throw broken(`the header ${header}`);
  }
  const type = String(answer.headers['content-type']).replace(/;.*/, '');
  if (!(type in response.content)) throw broken(`the content type ${type}`);
  if (method === 'HEAD' || !type.endsWith('json')) return;
  const place = `#/paths/${escaped(template)}/${name}/responses/${answer.status}/content/${escaped(type)}/schema`;
  const validate = validator(place);
  if (!validate(JSON.parse(answer.text))) throw broken(JSON.stringify(validate.errors));
}

/** Ids with slashes or dots can make another path of the one that was written. */
function wasRoutedElsewhere({ headers }: Answer): boolean {
  return headers['x-ms-error-code'] === 'unknown-path' || headers['x-ms-error-code'] === 'method-not-allowed';
}

const referenceOf = (header: unknown) => (header as { $ref?: string }).$ref;

function headerOf(header: unknown): { required?: boolean } {
  const name = referenceOf(header)?.replace('#/components/headers/', '');
  if (name === undefined) return header as { required?: boolean };
  return (document.components as unknown as { headers: Record<string, { required?: boolean }> }).headers[name] ?? {};
}
