import { excels } from '../../src/http/query.js';
import type { Resource } from '../../src/resource/resource.js';
import { filled } from './filled.js';

/** One parameter of a path or a query, in words and as the few keywords that JSON Schema and Swagger 2.0 share. */
export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  /** Where it is not its key in the table. */
  readonly name?: string;
  readonly title: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** The words that a person reads for the values. */
  readonly names?: Readonly<Record<string, string>>;
  /** The id of Graph's reference page. */
  readonly example?: string;
  /** Paging is the flow engine's own business: it follows the link. */
  readonly connector: boolean;
}

/** What an id may look like. The rule is `http/id.ts`; a test holds the two against each other. */
export const idSchema = { type: 'string', pattern: '^(?!\\.+$)[A-Za-z0-9_.~=-]{1,256}$' } as const;

/** Every parameter that all resources share. */
const shared = {
  id: {
    in: 'path',
    title: '{{Object}}',
    description: 'Id of the {{object}}, as the list of {{objects}} gives it.',
    schema: idSchema,
    example: '7ec79407-9407-7ec7-0794-c77e0794c77e',
    connector: true,
  },
  limit: {
    in: 'query',
    title: 'Limit',
    description: 'How many {{objects}} one answer holds at most.',
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 1000, default: 1000 },
    connector: true,
  },
  cursor: {
    in: 'query',
    title: 'Cursor',
    description: 'Where the list goes on: part of nextLink, to be taken as it is.',
    schema: { type: 'string', maxLength: 4096 },
    connector: false,
  },
  jobId: {
    in: 'path',
    title: 'Job id',
    description: 'Id of the job, as its submission told it.',
    schema: { type: 'string' },
    connector: true,
  },
  idempotencyKey: {
    in: 'header',
    name: 'Idempotency-Key',
    title: 'Idempotency key',
    description:
      "New for each job, and the same when it is sent again: 1 to 128 visible ASCII characters. In a flow, workflow()['run']['name']; a second job of the same run adds -2 to it.",
    schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
    connector: true,
  },
  of: {
    in: 'query',
    title: 'Of',
    description: 'all: the jobs of everybody, for who has the role ModelPerformance.Operate.',
    schema: { type: 'string', enum: ['all'] },
    connector: false,
  },
  include: {
    in: 'query',
    title: 'Include',
    description: 'unknown: the rows too of which it is not known whether they were applied.',
    schema: { type: 'string', enum: ['unknown'] },
    connector: false,
  },
  excel: {
    in: 'query',
    title: 'Excel',
    description: 'Gives CSV for an Excel that separates cells by commas, or by semicolons and writes decimal commas.',
    schema: { type: 'string', enum: [...excels] },
    connector: false,
  },
  null: {
    in: 'query',
    title: 'Null values',
    description: 'Says that the nulls of the body clear properties. Without it they are refused, but in a merge patch.',
    schema: { type: 'string', enum: ['clear'] },
    names: { clear: 'Clear the property' },
    connector: true,
  },
} as const satisfies Record<string, Parameter>;

/** Every parameter of the contract: those for filters are the resource's own. */
export function parametersOf(resource: Resource): Readonly<Record<string, Parameter>> {
  const filters = resource.filters.map((name) => [name, filterOf(name, resource)] as const);
  return filled({ ...shared, ...Object.fromEntries(filters) }, resource);
}

function filterOf(name: string, { fields }: Resource): Parameter {
  const { title = name, members } = fields[name] ?? {};
  const word = title.toLowerCase();
  return {
    in: 'query',
    title,
    description: `Only {{objects}} whose ${word} is this${members ? '' : ', whatever the case of its letters'}.`,
    schema: members ? { type: 'string', enum: Object.keys(members) } : { type: 'string', minLength: 1 },
    connector: true,
  };
}
