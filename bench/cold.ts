import { drive, updateCall } from './drive.js';
import type { Part } from './results.js';
import { measureRounds } from './rounds.js';
import { pick, startSubject } from './subjects.js';
import type { Upstream } from './upstream.js';

/** From the start of a process to its first answered update. */
export function measureCold(upstream: Upstream, rounds: number): Promise<Part> {
  const measured = pick('empty', 'facade', 'naive', 'ours', 'ours-telemetry');
  return measureRounds(measured, rounds, ['empty', 'facade'], async (subject) => {
    const startMs = performance.now();
    const child = await startSubject(subject, upstream);
    await drive(child.url, updateCall(upstream), 1, { calls: 1 });
    const firstMs = performance.now() - startMs;
    const { cpuMs } = await child.usage();
    child.kill();
    return { 'first answer, ms': firstMs, 'CPU until then, ms': cpuMs };
  });
}
