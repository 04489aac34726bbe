// Makes this clone ready (packages, build) and then runs a program on the pinned Node: `node local/run.mjs [program] [arguments]`.
// Plain JavaScript without packages, because it is the first thing that runs on a fresh clone, on whatever Node is there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const pinnedNode = join('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const packagesStamp = join('node_modules', '.packages-stamp');
const buildStamp = join('dist', '.build-stamp');
const lock = join('.local', 'setup.lock');

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesOf).sort()) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

const holds = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;

/** The oldest Node that npm and this file run on; everything after the installation runs on the pinned one. */
const oldestNode = 20;

/** What a failure means, by what stands in its message, and what can be done. */
const meanings = [
  [/ENOSPC/, 'The disk is full.'],
  [
    /EROFS|EACCES|EPERM/,
    'This folder cannot be written: it is read-only, or some of its files belong to somebody else (sudo?).',
  ],
  [/EEXIST|ENOTDIR/, 'There is a file where a folder is needed: remove it.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/,
    'The registry cannot be reached: this machine is offline, or needs a proxy (npm config set https-proxy <address>).',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/,
    'The registry’s certificate is not trusted, as behind a proxy that looks into TLS: NODE_EXTRA_CA_CERTS names its certificate.',
  ],
];
const meaningOf = (message) => meanings.find(([pattern]) => pattern.test(message))?.[1];

function must(what, command, options) {
  const given = { stdio: ['ignore', 2, 'pipe'], maxBuffer: 2 ** 26, encoding: 'utf8', ...options };
  const { status, error, stderr } = spawnSync(command[0], command.slice(1), given);
  if (stderr) process.stderr.write(stderr);
  if (status === 0) return;
  if (error?.code === 'ENOENT') throw new Error(`${what} failed: ${command[0]} is not there.`);
  throw new Error(
    `${what} failed${error ? `: ${error.message}` : '; its messages are above'}. ${meaningOf(stderr ?? '') ?? ''}`,
  );
}

const scriptsForbidden =
  'npm is set to run no install scripts (ignore-scripts), and the pinned Node comes with one. Allow them once: npm start --ignore-scripts=false';

function install() {
  // npm tells its scripts what it is set to.
  if (process.env.npm_config_ignore_scripts === 'true') throw new Error(scriptsForbidden);
  console.error('Installing packages (from half a minute to a few, npm is silent meanwhile) …');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const flags = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  // What packages want of Node is wanted of the pinned one, which runs them: a user's engine-strict must not hold it against this one.
  flags.push('--engine-strict=false');
  // An empty one is what npm makes of --ignore-scripts=false, which must beat the user's own settings here, too.
  if (process.env.npm_config_ignore_scripts === '') flags.push('--ignore-scripts=false');
  // Without npm's own path the command is a script on Windows, which only a shell can start; the arguments are constants.
  must('npm ci', [...npm, ...flags], { shell: npm.length === 1 && process.platform === 'win32' });
  if (!existsSync(pinnedNode)) throw new Error(`npm left out the pinned Node (${pinnedNode}). ${scriptsForbidden}`);
}

function build() {
  console.error('Building …');
  rmSync('dist', { recursive: true, force: true });
  must('The build', [pinnedNode, join('node_modules', 'typescript', 'bin', 'tsc')]);
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two commands on one fresh clone take turns, so that neither sees a half-installed folder. A lock whose owner is gone is taken over. */
async function alone(work) {
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
      if (owner > 0 && !alive(owner)) rmSync(lock, { force: true });
      else if (!told)
        console.error(
          `Waiting for another command that sets up this folder (process ${owner}; if there is none, delete ${lock}) …`,
        );
      await wait(200);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** What decides which packages are installed: the scripts do not. */
function packagesHash() {
  const { scripts, ...rest } = JSON.parse(readFileSync('package.json', 'utf8'));
  return createHash('sha256').update(JSON.stringify(rest)).update(readFileSync('package-lock.json')).digest('hex');
}

const sourcesHash = () => hashOf(['src', 'local', 'tools', 'bench', 'clients', 'tsconfig.json', 'package-lock.json']);
const ready = () => holds(packagesStamp, packagesHash()) && holds(buildStamp, sourcesHash());

async function setUp() {
  if (ready()) return;
  await alone(() => {
    if (!holds(packagesStamp, packagesHash())) {
      install();
      writeFileSync(packagesStamp, packagesHash());
    }
    if (!holds(buildStamp, sourcesHash())) {
      build();
      writeFileSync(buildStamp, sourcesHash());
    }
  });
}

/** The program gets this terminal and its signals; this process only waits, and ends as it ended. */
function run(program, programArguments) {
  // Stack traces name lines of TypeScript; Jest has its own way to do that.
  const flags = program.startsWith('dist') ? ['--enable-source-maps'] : [];
  // What is on this machine is never asked for through a proxy.
  const { NO_PROXY } = process.env;
  const env = { ...process.env, NO_PROXY: [...(NO_PROXY ? [NO_PROXY] : []), '127.0.0.1', 'localhost'].join(',') };
  const child = spawn(resolve(pinnedNode), [...flags, program, ...programArguments], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to both; another sender knows only this one.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

try {
  const [node] = process.versions.node.split('.');
  if (Number(node) < oldestNode)
    throw new Error(`This is Node ${process.version}: install Node ${oldestNode} or newer.`);
  await setUp();
  const [program, ...programArguments] = process.argv.slice(2);
  if (program) run(program, programArguments);
} catch (error) {
  console.error(`\n${meaningOf(error.code ?? '') ? `${meaningOf(error.code)} (${error.message})` : error.message}`);
  process.exit(1);
}
