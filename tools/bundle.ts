import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * What the libraries would load and this product never uses: exporters to other services, instrumentations that are switched off,
 * configuration by file, the signing of a client's own assertions. An empty module takes the place of each; whoever used one after
 * all would fail, and the package's test runs what is left.
 */
const leftOut = [
  '@microsoft/applicationinsights-web-snippet',
  '@opentelemetry/configuration',
  '@opentelemetry/exporter-logs-otlp-grpc',
  '@opentelemetry/exporter-logs-otlp-http',
  '@opentelemetry/exporter-logs-otlp-proto',
  '@opentelemetry/exporter-metrics-otlp-grpc',
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/exporter-metrics-otlp-proto',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/exporter-trace-otlp-grpc',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/exporter-zipkin',
  '@opentelemetry/instrumentation-bunyan',
  '@opentelemetry/instrumentation-http',
  '@opentelemetry/instrumentation-mongodb',
  '@opentelemetry/instrumentation-mysql',
  '@opentelemetry/instrumentation-pg',
  '@opentelemetry/instrumentation-redis',
  '@opentelemetry/instrumentation-winston',
  '@opentelemetry/otlp-exporter-base',
  '@opentelemetry/otlp-grpc-exporter-base',
  '@opentelemetry/otlp-transformer',
  '@opentelemetry/propagator-b3',
  '@opentelemetry/propagator-jaeger',
  '@opentelemetry/winston-transport',
  'jsonwebtoken',
  'open',
];

/** Of undici its client alone: fetch, mocks, caches and WebSockets would be a third of what is loaded before the first answer. */
const undici = `
  const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
  Dispatcher.prototype.request = require('undici/lib/api/api-request.js');
  exports.Agent = require('undici/lib/dispatcher/agent.js');
  exports.Client = require('undici/lib/dispatcher/client.js');
  exports.Pool = require('undici/lib/dispatcher/pool.js');
  exports.errors = require('undici/lib/core/errors.js');
  exports.request = (url, { dispatcher, ...options }) => {
    const { origin, pathname, search } = new URL(url);
    return dispatcher.request({ method: 'GET', ...options, origin, path: pathname + search });
  };
`;

/** What only jobs need, in a file of its own that their first call loads. */
const storage = `
  export { BlobServiceClient } from '@azure/storage-blob';
  export { QueueServiceClient } from '@azure/storage-queue';
`;

const lean: Plugin = {
  name: 'lean',
  setup: (building) => {
    const instead = (filter: RegExp, namespace: string, contents: string) => {
      building.onResolve({ filter }, ({ path }) => ({ path, namespace }));
      building.onLoad({ filter: /.*/, namespace }, () => ({ contents, resolveDir: resolve('.') }));
    };
    instead(new RegExp(`^(${leftOut.join('|')})(/|$)`), 'left-out', 'module.exports = {};');
    instead(/^undici$/, 'undici-client', undici);
    // Its experimental parser, which has to be asked for, and HTTP/2, which is not allowed.
    instead(/^(\.\.\/milo\/|\.\/client-h2\.js$)/, 'left-out-of-undici', 'module.exports = undefined;');
    instead(/^storage$/, 'storage', storage);
    building.onResolve({ filter: /^@azure\/storage-(blob|queue)$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './storage.js', external: true } : undefined,
    );
    // Both kinds of import get the ES modules: nothing is there twice, and what is not used can be dropped.
    building.onResolve(
      { filter: /^@(azure|azure-rest|typespec)\// },
      ({ kind, path, importer, resolveDir, pluginData }) =>
        kind === 'require-call' && pluginData !== lean
          ? building.resolve(path, { kind: 'import-statement', importer, resolveDir, pluginData: lean })
          : undefined,
    );
  },
};

/** What only the host provides. */
const external = ['@azure/functions-core'];

/**
 * Bundles TypeScript sources, with all that they import, into one file each. The same sources give the same bytes.
 * @param entries sources, and the paths in the folder that they get there, without extension
 * @returns every file of which something is in there
 */
export async function bundle(entries: Readonly<Record<string, string>>, folder: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: Object.entries(entries).map(([source, out]) => ({ in: source, out })),
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Names stay: a stack trace that telemetry brings home is to be read.
    minifyWhitespace: true,
    minifySyntax: true,
    external,
    plugins: [lean],
    logLevel: 'warning',
    logOverride: { 'require-resolve-not-external': 'error' },
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? file : [])),
  );
}

/** Bundles a command into one file that runs on Node 20 and needs nothing else. */
export async function bundleCommand(source: string, file: string): Promise<void> {
  await build({
    entryPoints: [source],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  });
}
