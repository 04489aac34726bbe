import { modelPerformance } from './resource/modelPerformance.js';
import { start } from './start.js';

// Beside the telemetry thread's, this is the only file that does something when it is loaded. Another resource is a file beside
// modelPerformance.ts, and this line.
start(modelPerformance);
