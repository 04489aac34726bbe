import { start } from '../../src/start.js';
import { deviceStartup } from './deviceStartup.js';

// The line of its registration.
start(deviceStartup);
