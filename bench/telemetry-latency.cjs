// What callers notice of telemetry, and of an ingestion that is in trouble: `node bench/telemetry-latency.cjs [rounds]`.
// Needs a build. One instance for each state, all there at the same time; each round sends one update to each, in random order.
const { join } = require('node:path');

const built = (path) => require(join(__dirname, '..', 'dist', 'local', path));
const { startEmulator } = built('emulator/emulator.js');
const { startHost } = built('soak/host.js');

const rounds = Number(process.argv[2] ?? 500);
const warmUps = 50;

/** States, and the fault that ingestion plays in each; `undefined` for none. */
const states = {
  'without telemetry': undefined,
  'ingestion is well': undefined,
  'refuses connections': 'F35-down',
  'never answers': 'F35-slow',
  throttles: 'F35-429',
  redirects: 'F35-redirect',
};

async function open(state) {
  const emulator = await startEmulator();
  const fault = states[state];
  if (fault !== undefined) emulator.arm(fault === 'F35-down' ? { fault } : { fault, times: 'always' });
  const environment =
    state === 'without telemetry' ? {} : { ...emulator.ingestion.environment, TELEMETRY_INTERVAL_MS: '500' };
  const host = await startHost(emulator, environment);
  const [{ id }] = emulator.models();
  const token = emulator.issue();
  const latenciesMs = [];
  const update = async (number) => {
    const startMs = performance.now();
    const answer = await fetch(`${host.baseUrl}/api/v1/model-performance/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ windowsScore: number % 100 }),
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${state}: an update ended with ${answer.status}.`);
    if (number >= warmUps) latenciesMs.push(performance.now() - startMs);
  };
  const close = async () => {
    await host.stop();
    await emulator.close();
  };
  return { state, latenciesMs, update, close };
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];

async function main() {
  const all = [];
  for (const state of Object.keys(states)) all.push(await open(state));
  for (let number = 0; number < rounds + warmUps; number += 1) {
    for (const { update } of [...all].sort(() => Math.random() - 0.5)) await update(number);
  }
  const [plain] = all;
  process.stdout.write(`${rounds} updates each\n${'ingestion'.padEnd(20)}      p50  ratio      p95  ratio\n`);
  for (const { state, latenciesMs } of all) {
    const cells = [0.5, 0.95].map((share) => {
      const ms = quantile(latenciesMs, share);
      return `${ms.toFixed(2).padStart(6)} ms  ${(ms / quantile(plain.latenciesMs, share)).toFixed(2).padStart(5)}`;
    });
    process.stdout.write(`${state.padEnd(20)}${cells.join('')}\n`);
  }
  for (const { close } of all) await close();
}

void main();
