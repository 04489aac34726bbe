import type { ModelPerformance } from '../../src/resource/modelPerformance.js';

/** One object of the collection, as Graph keeps it. */
export type Model = ModelPerformance & { readonly id: string };

type Row = readonly [
  id: string,
  model: string,
  manufacturer: string,
  devices: number,
  workFromAnywhere: number,
  windows: number,
  management: number,
  identity: number,
  provisioning: number,
  health: ModelPerformance['healthStatus'],
];

/** The first id is the one of Graph's reference page; the values are invented. -1 means that a score is not available. */
// prettier-ignore
const rows: readonly Row[] = [
  ['7ec79407-9407-7ec7-0794-c77e0794c77e', 'Latitude 7450', 'Dell Inc.', 412, 70.09, 94.87, 52.45, 88.98, 44.04, 'meetingGoals'],
  ['97028226-7b91-447e-a7d4-d3831db289ab', 'Latitude 5440', 'Dell Inc.', 1268, 74.87, 84.53, 84.85, 65.49, 64.62, 'meetingGoals'],
  ['835ed834-8c56-4bd5-aab0-52ae4472adf6', 'OptiPlex 7010', 'Dell Inc.', 734, 72.97, 66.64, 88.8, 71.34, 65.1, 'meetingGoals'],
  ['638458c3-26e9-48cc-a0c3-ab07adc8708a', 'Precision 5680', 'Dell Inc.', 96, 76.47, 99.7, 58.9, 64.05, 83.22, 'meetingGoals'],
  ['e67e8395-8945-464b-a036-ef11377bf667', 'XPS 13 9340', 'Dell Inc.', 58, 69.16, 88.64, 49.05, 94.42, 44.52, 'needsAttention'],
  ['a0f5c2ce-d8de-48c6-afbb-f1186e94765d', 'Latitude E7470', 'Dell Inc.', 37, 53.84, 8.1, 57.75, 69.58, 79.92, 'needsAttention'],
  ['b2776e30-f024-4479-a133-d9aa8f5f117c', 'ThinkPad X1 Carbon Gen 12', 'LENOVO', 386, 83.13, 77.96, 87.7, 99.42, 67.44, 'meetingGoals'],
  ['93788436-0f5a-4bd6-affa-c3357906f599', 'ThinkPad T14 Gen 4', 'LENOVO', 1542, 71.08, 80.77, 65.95, 89.74, 47.88, 'meetingGoals'],
  ['5885faa3-205b-4413-a4be-a97c04c73dcf', 'ThinkPad L13 Yoga Gen 3', 'LENOVO', 205, 81.97, 96.2, 91.55, 57.43, 82.68, 'meetingGoals'],
  ['067499e7-ee7e-4fde-abad-2063e74ea73a', 'ThinkCentre M70q Gen 4', 'LENOVO', 517, 80.53, 97.38, 76, 93.12, 55.62, 'meetingGoals'],
  ['c7558540-4857-42d0-a863-e1fc2750b071', 'ThinkStation P3 Tower', 'LENOVO', 64, 69.12, 84, 69.2, 73.05, 50.22, 'needsAttention'],
  ['5bbd3964-4721-4607-a867-3d329a8996bd', '20FB003VUS', 'LENOVO', 22, 45.63, 4.86, 57.45, 66.75, 53.46, 'needsAttention'],
  ['6845a105-bcb8-47e1-acdd-e6dec0cea3b1', 'HP EliteBook 840 G10', 'HP', 903, 84.05, 81.95, 91, 99.6, 63.66, 'meetingGoals'],
  ['0133c018-4abd-44d7-a70c-e4d3eece45f2', 'HP EliteBook 845 G11', 'HP', 288, 80.27, 89.63, 55.35, 97.57, 78.54, 'meetingGoals'],
  ['d79a5ee1-2777-4db1-a3a2-3f74ecab14c2', 'HP ProBook 450 G9', 'HP', 671, 79.31, 88.9, 72.5, 78.85, 76.98, 'meetingGoals'],
  ['00cf32e4-2372-4d41-a56f-eb0c2793ad2b', 'HP ZBook Firefly 14 G10', 'HP', 119, 59.52, 64.77, 82.45, 56.94, 33.9, 'needsAttention'],
  ['dd90ea5a-6c16-4d1c-a3ba-b129d522a77b', 'HP EliteDesk 800 G9', 'HP', 342, 74.82, 71.01, 54.6, 91.9, 81.78, 'meetingGoals'],
  ['80eee181-b009-42e8-acaf-16191eb692ee', 'HP Compaq Elite 8300', 'Hewlett-Packard', 15, 61.79, 15.14, 91.25, 99.6, 41.16, 'insufficientData'],
  ['ea7ce443-f65a-4db0-a698-9ad0179a4201', 'Surface Laptop 6', 'Microsoft Corporation', 254, 81.62, 74.62, 93.8, 91.32, 66.72, 'meetingGoals'],
  ['414cf8f1-f3c9-4b8e-a3c6-f6c910e36046', 'Surface Pro 10', 'Microsoft Corporation', 317, 63.9, 66.67, 48.15, 71.88, 68.88, 'needsAttention'],
  ['f7addde9-6c0d-4ceb-a162-ac82d36c9511', 'Surface Laptop Go 3', 'Microsoft Corporation', 141, 74.97, 98.06, 57.25, 89.25, 55.32, 'meetingGoals'],
  ['afb71c5f-5dc4-4d7c-afc3-ea257e348c99', 'Surface Hub 3', 'Microsoft Corporation', 9, -1, -1, -1, -1, -1, 'unknown'],
  ['28401911-5567-4b48-a1ea-ccdf7fcc7265', 'Surface Pro 4', 'Microsoft Corporation', 12, 61.72, 11.36, 81.5, 73.72, 80.28, 'insufficientData'],
  ['53f67659-6718-477c-ac28-f9c96838a82d', 'Virtual Machine', 'Microsoft Corporation', 88, 64.03, 71.8, 48.4, 71.88, -1, 'needsAttention'],
  ['e3d85c6b-c4c3-4743-a6d8-256d2e6f6073', 'TravelMate P414-53', 'Acer', 173, 63.84, 71.46, 87.45, 65.62, 30.84, 'needsAttention'],
  ['052d8557-ebb9-4a29-a8f4-f5bd9d58b604', 'Veriton N4690G', 'Acer', 46, 70.31, 99.13, 49.5, 74.76, 57.84, 'meetingGoals'],
  ['d9466a68-e8bf-40b8-a2b9-c2cf69ec4868', 'Swift SFG14-72', 'Acer', 31, 68.68, 74.5, 84.45, 62.65, 53.1, 'needsAttention'],
  ['b5e31656-1917-46ed-aeea-bd0b4917d9e2', 'ExpertBook B5402CVA', 'ASUSTeK COMPUTER INC.', 162, 85.89, 69.14, 96.7, 88.66, 89.04, 'meetingGoals'],
  ['d1eb5e2e-aefb-4330-af32-65f50a1f778e', 'ExpertCenter D700SE', 'ASUSTeK COMPUTER INC.', 53, 75.29, 72.79, 76.55, 95.95, 55.86, 'meetingGoals'],
  ['a527b81e-8674-4a6d-a7c0-b0e396999ca5', 'Zenbook UX3405MA', 'ASUSTeK COMPUTER INC.', 27, 73.03, 64.47, 80.9, 87.76, 58.98, 'meetingGoals'],
  ['0521dfaa-e521-49ed-a8ee-a783fa235400', 'TOUGHBOOK FZ-55', 'Panasonic Corporation', 78, 79.57, 91.49, 96.05, 66.11, 64.62, 'meetingGoals'],
  ['b0818124-7c0b-42b1-ab38-2dcca020d6f0', 'TOUGHBOOK FZ-40', 'Panasonic Connect Co., Ltd.', 35, 69.24, 67.36, 74.75, 73.36, 61.5, 'needsAttention'],
  ['6c94fbb4-d36c-47f3-aef7-2cb90f2ad560', 'LIFEBOOK U7413', 'FUJITSU', 184, 68.79, 85.64, 75.5, 81.82, 32.22, 'needsAttention'],
  ['c8814fb0-6341-4132-aafc-3706ff513cde', 'LIFEBOOK E5412', 'FUJITSU', 97, 85.1, 86.74, 83.35, 99.15, 71.16, 'meetingGoals'],
  ['8c8f3dd5-88dc-4be1-a52a-e37e816fa474', 'ESPRIMO G6012', 'FUJITSU', 41, 86.38, 92.36, 75.8, 98.74, 78.6, 'meetingGoals'],
  ['813df4d2-4d0e-4670-a0cc-c892104154da', 'PORTÉGÉ X40-K', 'Dynabook Inc.', 66, 72.98, 93.54, 78.95, 76.42, 43.02, 'meetingGoals'],
  ['c8c9eabd-6a64-42cb-a867-cc33fd584c3c', 'TECRA A50-J', 'Dynabook Inc.', 49, 81.7, 86.02, 86.45, 74.04, 80.28, 'meetingGoals'],
  ['bf6b0744-a038-4d84-ae02-006f614abad3', 'B360 Pro', 'Getac', 24, 72.07, 63.63, 91.8, 71.52, 61.32, 'meetingGoals'],
  ['f10032ff-18aa-40ca-a0be-c09f4035f94f', 'F110 Gen 6', 'Getac', 18, 64.36, 80.89, 62.8, 64.27, 49.5, 'needsAttention'],
  ['c2352c57-7ff9-48fe-aa12-1ee5abff8801', 'gram 16Z90R', 'LG Electronics', 33, 65.3, 71.73, 74.95, 64.94, 49.56, 'needsAttention'],
  ['38709511-d7a8-4b31-aa9f-fdf349183e69', 'VMware7,1', 'VMware, Inc.', 140, 77.74, 71.23, 90.55, 71.43, -1, 'meetingGoals'],
];

/** What the emulator holds after its start and after a reset: the same objects in the same order, every time. */
export function seed(): Model[] {
  return rows.map(
    ([id, model, manufacturer, devices, workFromAnywhere, windows, management, identity, provisioning, health]) => ({
      id,
      model,
      manufacturer,
      modelDeviceCount: devices,
      workFromAnywhereScore: workFromAnywhere,
      windowsScore: windows,
      cloudManagementScore: management,
      cloudIdentityScore: identity,
      cloudProvisioningScore: provisioning,
      healthStatus: health,
    }),
  );
}
