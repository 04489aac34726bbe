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

function must(what, command, options) {
  const { status, error } = spawnSync(command[0], command.slice(1), { stdio: ['ignore', 2, 2], ...options });
  if (status === 0) return;
  throw new Error(`${what} failed${error ? `: ${error.message}` : '; its messages are above'}.`);
}

function install() {
  console.error('Installing packages (about half a minute, npm is silent meanwhile) …');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const flags = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  // Without npm's own path the command is a script on Windows, which only a shell can start; the arguments are constants.
  must('npm ci', [...npm, ...flags], { shell: npm.length === 1 && process.platform === 'win32' });
  if (!existsSync(pinnedNode)) {
    throw new Error(
      `npm left out the pinned Node (${pinnedNode}). Its install script must be allowed: see allowScripts.`,
    );
  }
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
      else if (!told) console.error('Waiting for another command that is setting up this folder …');
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
  const child = spawn(resolve(pinnedNode), [program, ...programArguments], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to both; another sender knows only this one.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

try {
  await setUp();
  const [program, ...programArguments] = process.argv.slice(2);
  if (program) run(program, programArguments);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
