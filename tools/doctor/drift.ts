import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { findDrift, whyNoMetadata } from '../drift/ask.js';
import { fine, missing, unsure, type Finding } from './finding.js';

/** Whether Graph has changed what this API stands on, a finding for each change. */
export async function lookAtDrift(place: string): Promise<Finding[]> {
  try {
    const changes = await findDrift(modelPerformance, place);
    if (changes.length === 0) return [fine('Microsoft Graph describes the models as this API knows them.')];
    return changes.map((sentence) =>
      missing(`Microsoft Graph has changed: ${sentence} docs/OPERATE.md says what to do.`),
    );
  } catch (error) {
    return [unsure(`The metadata of Microsoft Graph cannot be read from here: ${whyNoMetadata(error)}`)];
  }
}
