import { send, type Api } from './api.js';

export interface Model {
  readonly id: string;
  readonly [property: string]: string | number | null;
}

/** Every model, page after page. */
export async function readModels(api: Api): Promise<Model[]> {
  const models: Model[] = [];
  for (let next: string | undefined = ''; next !== undefined;) {
    const page = (await (await send(api, next)).json()) as { readonly value: Model[]; readonly nextLink?: string };
    models.push(...page.value);
    next = page.nextLink;
  }
  return models;
}

/** Every model as CSV, as the API writes it; of later pages without mark and header line. */
export async function readCsvOfAll(api: Api, excel: string | undefined): Promise<string> {
  let text = '';
  for (let next: string | undefined = excel === undefined ? '' : `?excel=${excel}`; next !== undefined;) {
    const response = await send(api, next, { headers: { accept: 'text/csv' } });
    // Read as bytes: the mark that Excel needs would be lost.
    const page: string = Buffer.from(await response.arrayBuffer()).toString('utf8');
    text += text === '' ? page : page.slice(page.indexOf('\n') + 1);
    next = /<(?<next>[^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.groups?.next;
  }
  return text;
}
