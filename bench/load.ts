import type { Child } from './child.js';
import { drive, listCall, updateCall, type CallPlan } from './drive.js';
import type { Part } from './results.js';
import { measureRounds } from './rounds.js';
import { quantile } from './statistics.js';
import { pick, startSubject, type Subject } from './subjects.js';
import type { Upstream } from './upstream.js';

const connections = [1, 10, 50];
const stretch = { seconds: 1.5 };

/** Updates at 1, 10 and 50 connections: how many, how fast, and what each costs the process that serves it. */
export async function measureLoad(upstream: Upstream, rounds: number): Promise<Part> {
  const measured = pick('proxy', 'empty', 'facade', 'naive', 'ours', 'ours-telemetry', 'ours-no-read');
  const call = updateCall(upstream);
  const children = await startAll(Object.keys(measured) as (keyof typeof measured)[], upstream, call);
  const part = await measureRounds(measured, rounds, ['empty', 'facade', 'proxy'], async (subject) => {
    const child = childOf(children, subject);
    const found: Record<string, number> = {};
    for (const count of connections) {
      const { calls, seconds, cpuMs, latenciesMs } = await costOf(child, call, count);
      found[`requests/s, c=${count}`] = calls / seconds;
      found[`CPU per call, µs, c=${count}`] = (cpuMs * 1000) / calls;
      found[`p50, ms, c=${count}`] = quantile(latenciesMs, 0.5);
    }
    return found;
  });
  for (const child of children.values()) child.kill();
  return part;
}

/** The list of 1 000 objects, ten at once. */
export async function measureList(upstream: Upstream, rounds: number): Promise<Part> {
  const call = listCall(upstream);
  const children = await startAll(['proxy', 'facade', 'ours'], upstream, call);
  const part = await measureRounds(pick('proxy', 'facade', 'ours'), rounds, ['proxy', 'facade'], async (subject) => {
    const { calls, seconds, cpuMs } = await costOf(childOf(children, subject), call, 10);
    return { 'lists/s': calls / seconds, 'CPU per list, ms': cpuMs / calls };
  });
  for (const child of children.values()) child.kill();
  return part;
}

/** All of them, warm. */
async function startAll(names: readonly Subject[], upstream: Upstream, call: CallPlan): Promise<Map<string, Child>> {
  const children = new Map<string, Child>();
  for (const name of names) {
    const child = await startSubject(name, upstream);
    await drive(child.url, call, 10, stretch);
    children.set(name, child);
  }
  return children;
}

function childOf(children: ReadonlyMap<string, Child>, subject: string): Child {
  const child = children.get(subject);
  if (child === undefined) throw new Error(`${subject} was not started.`);
  return child;
}

async function costOf(child: Child, call: CallPlan, count: number) {
  const before = await child.usage();
  const driven = await drive(child.url, call, count, stretch);
  const after = await child.usage();
  return { ...driven, cpuMs: after.cpuMs - before.cpuMs };
}
