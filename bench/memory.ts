import { drive, updateCall } from './drive.js';
import type { Part } from './results.js';
import { measureRounds } from './rounds.js';
import { pick, startSubject } from './subjects.js';
import type { Upstream } from './upstream.js';

/** What Node itself takes as its limit where 512 MB are all there is. */
const flags = ['--max-old-space-size=256'];
const calls = 50_000;

/** Resident memory after 50 000 updates, ten at once: once for each subject, in a process that did nothing else. */
export function measureMemory(upstream: Upstream): Promise<Part> {
  const measured = pick('empty', 'facade', 'ours', 'ours-telemetry');
  return measureRounds(measured, 1, ['empty'], async (subject) => {
    const child = await startSubject(subject, upstream, flags);
    await drive(child.url, updateCall(upstream), 10, { calls });
    const { residentMb } = await child.usage();
    child.kill();
    return { 'resident, MB': residentMb };
  });
}
