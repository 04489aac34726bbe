import Joi from 'joi';
import type { Field, Words } from '../../src/resource/field.js';
import { count } from '../../src/resource/numbers.js';
import type { Resource } from '../../src/resource/resource.js';
import { nullableText, oneOf } from '../../src/resource/texts.js';

/** Edm.Boolean: a kind of value that no other resource has. */
function flag(words: Words): Field<boolean> {
  return {
    ...words,
    edmType: 'Edm.Boolean',
    nullable: false,
    noun: 'true or false',
    jsonType: 'boolean',
    flowFunction: 'bool()',
    joi: () => Joi.boolean().strict(),
    jsonSchema: () => ({ type: 'boolean' }),
    explain: () => ({ code: 'out-of-range', message: `${words.title} must be true or false.` }),
    fits: (value) => typeof value === 'boolean',
    readCell: (cell) => ({ true: true, false: false })[cell.toLowerCase()],
  };
}

const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;
const isInstant = (value: unknown) => typeof value === 'string' && instantForm.test(value) && !isNaN(Date.parse(value));

/** Edm.DateTimeOffset in UTC. */
function instant(words: Words): Field<string> {
  return {
    ...words,
    edmType: 'Edm.DateTimeOffset',
    nullable: false,
    noun: 'a moment such as 2026-11-25T22:07:46Z',
    jsonType: 'string',
    joi: () => Joi.string().strict().pattern(instantForm),
    jsonSchema: () => ({ type: 'string', format: 'date-time', pattern: instantForm.source }),
    explain: () => ({ code: 'not-a-moment', message: `${words.title} must be a moment such as 2026-11-25T22:07:46Z.` }),
    fits: isInstant,
    readCell: (cell) => (isInstant(cell) ? cell : undefined),
  };
}

/** A sibling of the product's resource, with an update of its own: "Update userExperienceAnalyticsDeviceStartupHistory". */
export const deviceStartup = {
  name: 'device-startup',
  typeName: 'DeviceStartup',
  object: 'startup',
  objects: 'startups',
  summary: 'Read and update how devices start.',
  description: 'The startups of Intune endpoint analytics.',
  path: 'deviceManagement/userExperienceAnalyticsDeviceStartupHistory',
  odataType: '#microsoft.graph.userExperienceAnalyticsDeviceStartupHistory',
  permission: { beta: 'DeviceManagementConfiguration.ReadWrite.All' },
  event: 'DeviceStartupUpdated',
  fields: {
    deviceId: nullableText({ title: 'Device', description: 'Id of the device.' }),
    startTime: instant({ title: 'Start time', description: 'When the device began to start.' }),
    coreBootTimeInMs: count({ title: 'Core boot time', description: 'How long it took to start, in milliseconds.' }),
    isFirstLogin: flag({ title: 'First login', description: 'Whether it was the first time that somebody signed in.' }),
    restartCategory: oneOf({
      title: 'Restart category',
      description: 'Why the device had to start.',
      members: { unknown: 'Unknown', restartWithUpdate: 'With an update', blueScreen: 'Blue screen' },
    }),
  },
  filters: ['deviceId', 'restartCategory'],
  label: ['deviceId'],
  example: { isFirstLogin: true },
} as const satisfies Resource;
