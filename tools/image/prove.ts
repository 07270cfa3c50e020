import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../stack/settings.ts';
import { messageOf } from '../stack/stack-problem.error.ts';
import { buildImage } from './build-image.ts';
import { canContain } from './contained.ts';
import { parseDockerfile } from './dockerfile.ts';

/**
 * `npm run prove-image`: carries out the Dockerfile without Docker, then runs the services from what it made, with a
 * read-only root, as an ordinary user, without capabilities. Takes minutes, for it installs everything anew.
 */
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
const PROOF = 'tools/image/contained-services.int.spec.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function prove(folder: string): Promise<number> {
  const instructions = parseDockerfile(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8'));
  const image = await buildImage(instructions, {
    repository: REPOSITORY,
    folder,
    onStep: (step) => print(`RUN ${step}`),
  });
  print(`The image is built: ${image.command.join(' ')}, as ${image.user}.`);
  const args = [VITEST, 'run', '--project', 'integration', PROOF];
  const env = { ...process.env, HOOKSTILE_IMAGE_ROOT: image.root };
  return spawnSync(process.execPath, args, { cwd: REPOSITORY, env, stdio: 'inherit' }).status ?? 1;
}

if (canContain()) {
  const folder = mkdtempSync(join(tmpdir(), 'hookstile-build-'));
  try {
    process.exitCode = await prove(folder);
  } catch (error) {
    print(messageOf(error));
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  print('Only root may mount, and so prove this: sudo npm run prove-image');
  process.exitCode = 1;
}
