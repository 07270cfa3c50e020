import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../../tools/stack/cache-directory.ts';
import { runCommand } from '../../../tools/stack/processes/run-command.ts';
import { whileAlone } from '../../../tools/stack/processes/while-alone.ts';
import { StackProblem } from '../../../tools/stack/stack-problem.error.ts';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
/** The oldest that the pinned packages run on. */
const PYTHON_MINOR_MIN = 11;
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** No Python, or no package index to be reached: nothing that the code under test could be blamed for. */
export class FuzzerMissingError extends StackProblem {}

/** The version that an interpreter says it is, such as `3.11.7`; null: it is none of ours. */
export type AskPython = (command: string) => Promise<string | null>;

/** Finds an interpreter that is new enough and can make environments of its own. */
export async function findPython(ask: AskPython): Promise<{ command: string; version: string }> {
  for (const command of PYTHONS) {
    const version = await ask(command);
    const [major, minor] = (version ?? '').split('.').map(Number);
    if (version !== null && major === 3 && minor !== undefined && minor >= PYTHON_MINOR_MIN)
      return { command, version };
  }
  throw new FuzzerMissingError(
    `Fuzzing needs Python 3.${PYTHON_MINOR_MIN} or newer with the module venv, and none was found ` +
      '(Debian, Ubuntu: apt-get install python3 python3-venv).',
  );
}

/** `ensurepip` is what Debian leaves out of Python until python3-venv is installed. */
export function askPython(signal: AbortSignal): AskPython {
  const program = 'import ensurepip, platform, venv; print(platform.python_version())';
  return async (command) => {
    const result = await runCommand(command, ['-c', program], { signal }).catch(() => null);
    signal.throwIfAborted();
    return result?.code === 0 ? (result.output.trim().split('\n').at(-1) ?? null) : null;
  };
}

/**
 * The interpreter of an environment that holds exactly the pinned packages, made in the cache folder where it is not
 * there yet. A folder in the cache is complete: it came by rename. Other pins, or another Python, are another folder.
 */
export async function fuzzPython(signal: AbortSignal, environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const python = await findPython(askPython(signal));
  const pins = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(python.version).digest('hex');
  const directory = join(cacheDirectory(environment), `fuzz-${pins.slice(0, 12)}`);
  const make = async () => {
    if (!existsSync(directory)) await makeEnvironment(python.command, directory, signal);
  };
  await whileAlone('fuzz', directory, make, signal);
  return join(directory, 'bin', 'python');
}

async function makeEnvironment(python: string, directory: string, signal: AbortSignal): Promise<void> {
  const unfinished = `${directory}.new`;
  mkdirSync(dirname(directory), { recursive: true });
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await expectSuccess(python, ['-m', 'venv', unfinished], signal);
    // No package's own code runs while it is installed, and nothing is taken that the list does not name by its digest.
    const pinned = ['--require-hashes', '--only-binary=:all:', '--no-deps', '--requirement', REQUIREMENTS];
    await expectSuccess(join(unfinished, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...pinned], signal);
    renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function expectSuccess(command: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { code, output } = await runCommand(command, args, { signal });
  if (code !== 0) {
    throw new FuzzerMissingError(
      `The Python packages could not be installed; is the network there? It said:\n${output.trim()}`,
    );
  }
}
