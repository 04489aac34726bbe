import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startChild, type Child } from './child.js';
import type { Upstream } from './upstream.js';

export type Subject = 'proxy' | 'empty' | 'facade' | 'naive' | 'ours' | 'ours-telemetry' | 'ours-no-read';

/** What is measured: each does the same update as far as it does any. */
const subjects: Record<Subject, string> = {
  proxy: 'bare proxy, no Functions',
  empty: 'empty app',
  facade: 'least facade',
  naive: 'obvious facade',
  ours: 'this product',
  'ours-telemetry': 'this product, with telemetry',
  'ours-no-read': 'this product, AUDIT_FROM=none',
};

/** Some of them, with their names for a table. */
export function pick<Picked extends Subject>(...names: readonly Picked[]): Record<Picked, string> {
  return Object.fromEntries(names.map((name) => [name, subjects[name]])) as Record<Picked, string>;
}

/** Where the deployment package stands that is measured as this product. */
export const packageFolder = join('.local', 'bench', 'package');

export async function startUpstream(): Promise<Upstream & { readonly close: () => void }> {
  const child = fork(join(__dirname, 'upstream.js'));
  const [upstream] = (await once(child, 'message')) as [Upstream];
  return {
    ...upstream,
    close: () => {
      child.kill();
    },
  };
}

/** The folder of an app that is no package: `npm install` and sources as they are. */
function folderOf(app: string): string {
  const folder = join('.local', 'bench', app);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'host.json'), '{"version":"2.0","extensions":{"http":{"routePrefix":"api"}}}');
  writeFileSync(join(folder, 'package.json'), '{"main":"index.js"}');
  writeFileSync(join(folder, 'index.js'), `require(${JSON.stringify(join(__dirname, 'apps', `${app}.js`))});\n`);
  return folder;
}

/** Starts one in a process of its own, with flags of Node and of the host. */
export function startSubject(
  subject: Subject,
  upstream: Upstream,
  flags: readonly string[] = [],
  hostFlags: readonly string[] = [],
): Promise<Child> {
  const environment = { ...upstream.environment };
  if (subject === 'proxy') return startChild([join(__dirname, 'proxy.js')], environment, flags);
  const app = subject.replace(/-.*/, '');
  const folder = app === 'ours' ? packageFolder : folderOf(app);
  const host = [
    join(__dirname, '..', 'local', 'host', 'main.js'),
    '--port',
    '0',
    '--root',
    resolve(folder),
    ...hostFlags,
  ];
  const own: Record<string, string> = {
    ...((subject === 'ours-telemetry' || subject === 'naive') && upstream.telemetry),
    ...(subject === 'ours-no-read' && { AUDIT_FROM: 'none' }),
  };
  return startChild(host, { ...environment, ...own }, flags);
}
