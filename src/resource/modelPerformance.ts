import type { UserExperienceAnalyticsWorkFromAnywhereModelPerformance as GraphModelPerformance } from '@microsoft/microsoft-graph-types-beta';
import type { ValuesOf } from './field.js';
import { count, score } from './numbers.js';
import type { Resource } from './resource.js';
import { nullableText, oneOf } from './texts.js';

/**
 * The nine writable properties of Graph's resource. Schema, type, verification and the emulator are made from this table.
 * Source: Graph beta metadata and "Update userExperienceAnalyticsWorkFromAnywhereModelPerformance".
 */
const fields = {
  model: nullableText({ title: 'Model', description: 'Model name of the device, such as "Latitude 7450".' }),
  manufacturer: nullableText({
    title: 'Manufacturer',
    description: 'Manufacturer of the device, such as "Dell Inc.".',
  }),
  modelDeviceCount: count({ title: 'Device count', description: 'Number of devices of this model.' }),
  workFromAnywhereScore: score({
    title: 'Work from anywhere score',
    description: 'How ready the model is for work from anywhere, 0 to 100; -1 when not available.',
  }),
  windowsScore: score({
    title: 'Windows score',
    description: 'Share of devices on a supported Windows, 0 to 100; -1 when not available.',
  }),
  cloudManagementScore: score({
    title: 'Cloud management score',
    description: 'Share of devices that are managed from the cloud, 0 to 100; -1 when not available.',
  }),
  cloudIdentityScore: score({
    title: 'Cloud identity score',
    description: 'Share of devices with an identity in the cloud, 0 to 100; -1 when not available.',
  }),
  cloudProvisioningScore: score({
    title: 'Cloud provisioning score',
    description: 'Share of devices that are provisioned from the cloud, 0 to 100; -1 when not available.',
  }),
  healthStatus: oneOf({
    title: 'Health status',
    description: 'Health of the model as endpoint analytics sees it.',
    members: {
      unknown: 'Unknown',
      insufficientData: 'Insufficient data',
      needsAttention: 'Needs attention',
      meetingGoals: 'Meeting goals',
      unknownFutureValue: 'Unknown future value',
    },
  }),
};

/** The values of the nine properties. */
export type ModelPerformance = ValuesOf<typeof fields>;

export const modelPerformance = {
  name: 'model-performance',
  typeName: 'ModelPerformance',
  object: 'model',
  objects: 'models',
  summary: 'Read and update how ready device models are for work from anywhere.',
  description: 'The models of Intune endpoint analytics.',
  path: 'deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance',
  odataType: '#microsoft.graph.userExperienceAnalyticsWorkFromAnywhereModelPerformance',
  // Source: permissions of the update's page, beta and v1.0.
  permission: {
    beta: 'DeviceManagementConfiguration.ReadWrite.All',
    'v1.0': 'DeviceManagementManagedDevices.ReadWrite.All',
  },
  event: 'ModelPerformanceUpdated',
  fields,
  filters: ['model', 'manufacturer', 'healthStatus'],
  label: ['model', 'manufacturer'],
  example: { windowsScore: 87.5, healthStatus: 'meetingGoals' },
} as const satisfies Resource;

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Expect<T extends true> = T;
type Plain<T> = { [Key in keyof T]: T[Key] };

/** Does not compile once Microsoft's published type has another name, another type or another property than the table. */
export type SameAsGraph = Expect<Equal<Plain<ModelPerformance>, Plain<Omit<Required<GraphModelPerformance>, 'id'>>>>;
