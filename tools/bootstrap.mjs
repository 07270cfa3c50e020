// Runs a TypeScript script of this repository with the pinned Node, after installing what is missing:
//   node tools/bootstrap.mjs <script.ts> [arguments]
// Plain JavaScript without dependencies: it is what runs on a fresh clone, under whatever Node is there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 20;
const PINNED_NODE_MAJOR = 24;
const PROGRESS_TTY_MS = 1_000;
const PROGRESS_LOG_MS = 15_000;
const LOCK_POLL_MS = 500;
const OUTPUT_KEPT_CHARACTERS = 8_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binDirectory = join(root, 'node_modules', '.bin');

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Whether node_modules is what package-lock.json says. npm writes its own lock file into node_modules last, so an
 * installation that was cut short, or is of an older lock file, is told from a whole one.
 */
function isInstalled() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') ||
      entry.optional === true ||
      (path in present && present[path].version === entry.version),
  );
}

/** Signals go to the running child; while nothing runs they end this process. */
let child = null;
let childLeadsGroup = false;
let signalled = null;
for (const signal of SIGNALS) {
  process.on(signal, () => {
    signalled = signal;
    if (child === null) process.exit(128 + constants.signals[signal]);
    try {
      process.kill(childLeadsGroup ? -child.pid : child.pid, signal);
    } catch {
      // It ended in between.
    }
  });
}

function ended(started) {
  return new Promise((done, failed) => {
    started.once('error', failed);
    started.once('close', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}

/** Two starts in one clone must not install into the same folder at a time: the second waits for the first. */
async function whileAlone(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const lock = createServer();
  for (let told = false; ; ) {
    const taken = await new Promise((done, failed) => {
      lock.once('error', (error) => (error.code === 'EADDRINUSE' ? done(true) : failed(error)));
      // The leading zero byte makes a name that exists only while its process lives, and no file.
      lock.listen(`\0hookstile-install-${name}`, () => done(false));
    });
    lock.removeAllListeners('error');
    if (!taken) break;
    if (!told) process.stdout.write('Another start is installing the packages of this clone; waiting for it.\n');
    told = true;
    await new Promise((done) => setTimeout(done, LOCK_POLL_MS));
  }
  try {
    await work();
  } finally {
    lock.close();
  }
}

async function install() {
  const startedMs = Date.now();
  const what = 'Installing the packages (npm ci)';
  const seconds = () => `${Math.round((Date.now() - startedMs) / 1000)} s`;
  const tty = process.stdout.isTTY === true;
  process.stdout.write(tty ? `  … ${what}` : `  … ${what}\n`);
  const ticker = setInterval(
    () => process.stdout.write(tty ? `\r  … ${what}: ${seconds()}` : `    still at it: ${what}, ${seconds()}\n`),
    tty ? PROGRESS_TTY_MS : PROGRESS_LOG_MS,
  );
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  // Also when NODE_ENV says production: the build needs what npm calls development dependencies.
  const args = [...npm.slice(1), 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  childLeadsGroup = true;
  child = spawn(npm[0], args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-OUTPUT_KEPT_CHARACTERS);
    });
  }
  const code = await ended(child).catch((error) => fail(`npm could not be started: ${error.message}`));
  child = null;
  clearInterval(ticker);
  if (signalled !== null) process.exit(128 + constants.signals[signalled]);
  if (code !== 0) fail(`\nnpm ci failed (code ${code}); is the network there? It said:\n${output.trim()}`);
  process.stdout.write(`${tty ? '\r' : ''}  ✓ ${what}: ${seconds()}\n`);
}

/** The Node that the packages pin, else the present one when it is new enough. */
function pinnedNode() {
  const candidates = [join(binDirectory, 'node'), process.execPath];
  const found = candidates.find((candidate) => {
    if (!existsSync(candidate)) return false;
    const answer = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    return answer.status === 0 && majorOf(answer.stdout) >= PINNED_NODE_MAJOR;
  });
  return (
    found ??
    fail(
      `Hookstile runs on Node ${PINNED_NODE_MAJOR}, which npm brings for Linux on x64 and arm64; ` +
        `on ${process.platform} ${process.arch} install Node ${PINNED_NODE_MAJOR} yourself (this is ${process.version}).`,
    )
  );
}

async function main() {
  if (majorOf(process.version) < NODE_MAJOR_MIN) {
    fail(
      `Hookstile needs Node ${NODE_MAJOR_MIN} or newer to start, and this is ${process.version}: see https://nodejs.org.`,
    );
  }
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) fail('usage: node tools/bootstrap.mjs <script.ts> [arguments]');
  if (!isInstalled()) {
    await whileAlone(async () => {
      if (!isInstalled()) await install();
    });
  }
  const node = pinnedNode();
  childLeadsGroup = false;
  child = spawn(node, [resolve(root, script), ...args], {
    stdio: 'inherit',
    cwd: root,
    env: { ...process.env, PATH: `${binDirectory}${delimiter}${process.env.PATH ?? ''}` },
  });
  process.exit(await ended(child));
}

await main();
