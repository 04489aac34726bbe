import {
  StorageFailed,
  type Blobs,
  type Metadata,
  type Queue,
  type Sent,
  type Storage,
} from '../../../src/jobs/storage.js';
import { epochMs, type Process } from './kernel.js';
import type { World } from './world.js';

export interface StoredBlob {
  readonly text: string;
  readonly metadata: Metadata;
  readonly tag: string;
  readonly changedMs: number;
  readonly lease?: { readonly id: string; readonly untilMs: number; readonly holder: Process };
}

export interface QueuedMessage {
  readonly id: string;
  readonly queue: 'main' | 'poison';
  body: object;
  visibleMs: number;
  receipt: string;
  dequeued: number;
  /** When it was received last. */
  sinceMs: number;
}

/** The library repeats each call so often, and waits so long before. */
const tries = { most: 4, delaysMs: [0, 4_000, 12_000] };

/** The storage as one process sees it: slow, failing and losing answers as the world wants it, and otherwise as Azure Storage is. */
export function storageFor(world: World, process: Process): Storage {
  const call = <T>(service: 'blob' | 'queue', label: string, effect: () => T) =>
    operate(world, process, service, label, effect);
  return {
    jobs: blobsFor(world, process, world.headers, call),
    data: blobsFor(world, process, world.data, call),
    queue: queueFor(world, call),
  };
}

type Call = <T>(service: 'blob' | 'queue', label: string, effect: () => T) => Promise<T>;

async function operate<T>(
  world: World,
  process: Process,
  service: 'blob' | 'queue',
  label: string,
  effect: () => T,
): Promise<T> {
  const half = () => world.between(...world.ground.latencyMs) + world.delay(process);
  for (let attempt = 1; ; attempt++) {
    world.count(service);
    await world.sleep(process, half());
    let fault = world.faultAt(process, label, 'before');
    await world.strike(process, fault);
    if (world.isDown(service) || world.fails?.test(label)) {
      fault = 'fail';
      await world.sleep(process, world.between(200, 2_000));
    }
    if (fault !== 'fail') {
      const answer = effect();
      fault = world.faultAt(process, label, 'after');
      await world.strike(process, fault);
      await world.sleep(process, half());
      if (fault !== 'lost') return answer;
    } else await world.sleep(process, half());
    if (attempt >= tries.most) throw new StorageFailed(label);
    await world.sleep(process, (tries.delaysMs[attempt - 1] ?? 0) + world.between(10, 300));
  }
}

function blobsFor(world: World, process: Process, blobs: Map<string, StoredBlob>, call: Call): Blobs {
  const ask = <T>(label: string, effect: () => T) => call('blob', label, effect);
  const isLeased = (blob: StoredBlob) => blob.lease !== undefined && blob.lease.untilMs > world.nowMs;
  const put = (name: string, text: string, metadata: Metadata, old?: StoredBlob): string => {
    const tag = world.newId('tag');
    const lease = old?.lease && { lease: old.lease };
    blobs.set(name, { text, metadata, tag, changedMs: world.nowMs, ...lease });
    world.wrote(name);
    return tag;
  };
  const ownLease = (name: string, id: string) => {
    const blob = blobs.get(name);
    return blob?.lease?.id === id ? blob : undefined;
  };
  return {
    create: (name, content, metadata = {}) =>
      ask(`create ${name}`, () => (blobs.has(name) ? undefined : put(name, content.toString(), metadata))),
    read: (name) =>
      ask(`read ${name}`, () => {
        const blob = blobs.get(name);
        const dateMs = epochMs + Math.floor(world.nowMs / 1000) * 1000;
        return blob && { text: blob.text, tag: blob.tag, metadata: blob.metadata, dateMs };
      }),
    readRange: (name, from, to) =>
      ask(`range ${name}`, () =>
        Buffer.from(blobs.get(name)?.text ?? '')
          .subarray(from, to)
          .toString(),
      ),
    replace: (name, content, tag, metadata = {}) =>
      ask(`replace ${name}`, () => {
        const blob = blobs.get(name);
        return blob?.tag === tag && !isLeased(blob) ? put(name, content, metadata, blob) : undefined;
      }),
    describe: (name, metadata, leaseId) =>
      ask(`describe ${name}`, () => {
        const blob = ownLease(name, leaseId);
        if (blob === undefined || !isLeased(blob)) return false;
        put(name, blob.text, metadata, blob);
        return true;
      }),
    list: (prefix) =>
      ask(`list ${prefix}`, () =>
        [...blobs]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, { metadata, changedMs }]) => ({ name, metadata, changedMs: epochMs + changedMs })),
      ),
    acquire: (name, id, leaseMs) =>
      ask(`acquire ${name}`, () => {
        const blob = blobs.get(name);
        if (blob === undefined || (isLeased(blob) && blob.lease?.id !== id)) return false;
        blobs.set(name, { ...blob, lease: { id, untilMs: world.nowMs + leaseMs, holder: process } });
        return true;
      }),
    renew: (name, id) =>
      ask(`renew ${name}`, () => {
        const blob = ownLease(name, id);
        if (blob) blobs.set(name, { ...blob, lease: { id, untilMs: world.nowMs + world.leaseMs, holder: process } });
        return blob !== undefined;
      }),
    release: (name, id) =>
      ask(`release ${name}`, () => {
        const { lease, ...blob } = ownLease(name, id) ?? {};
        if (lease !== undefined) blobs.set(name, blob as StoredBlob);
      }),
  };
}

function queueFor(world: World, call: Call): Queue {
  const ask = <T>(label: string, effect: () => T) => call('queue', label, effect);
  const own = ({ id, receipt }: Sent) => {
    const message = world.messages.get(id);
    return message?.receipt === receipt ? message : undefined;
  };
  return {
    send: (body, delayMs) =>
      ask('send', () => {
        const { id, receipt } = world.enqueue('main', body, delayMs);
        return { id, receipt };
      }),
    update: (sent, body, delayMs) =>
      ask('update', () => {
        const message = own(sent);
        if (message === undefined) return undefined;
        message.body = body;
        world.hide(message, world.nowMs + delayMs);
        return { id: message.id, receipt: message.receipt };
      }),
    delete: (sent) =>
      ask('delete', () => {
        const message = own(sent);
        if (message) world.messages.delete(message.id);
      }),
    look: () => ask('look', () => undefined),
  };
}
