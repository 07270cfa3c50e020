import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '../stack/processes/run-command.ts';
import { buildContext } from './build-context.ts';
import type { Instruction } from './dockerfile.ts';

/** What a container of the image begins with. */
export interface BuiltImage {
  /** Holds what the last stage copied and made, without the files of its base image. */
  root: string;
  workdir: string;
  environment: Record<string, string>;
  user: string;
  command: string[];
}

interface Stage extends BuiltImage {
  environment: Record<string, string>;
}

/** What commands of the build get of this process: the way to programs and to the registry, and no settings of a stack. */
const PASSED_ON = /^(PATH|HOME|LANG|TMPDIR|npm_config_.*|HTTPS?_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i;

/**
 * Carries out a Dockerfile without Docker, each stage in a folder of its own: for machines without an engine. Commands
 * run on this machine's programs in the stage's folder, so they may name no absolute path.
 */
export async function buildImage(
  instructions: readonly Instruction[],
  { repository, folder, onStep }: { repository: string; folder: string; onStep(text: string): void },
): Promise<BuiltImage> {
  const stages = new Map<string, Stage>();
  const context = buildContext(repository);
  let stage: Stage | null = null;
  for (const one of instructions) {
    if (one.kind === 'from') {
      stage = emptyStage(join(folder, String(stages.size)));
      stages.set(one.stage ?? String(stages.size), stage);
      continue;
    }
    if (stage === null) throw new Error('a Dockerfile begins with FROM');
    if (one.kind === 'run') onStep(one.command);
    await carryOut(one, stage, { repository, context, stages });
  }
  if (stage === null) throw new Error('the Dockerfile has no stage');
  return stage;
}

function emptyStage(root: string): Stage {
  mkdirSync(root, { recursive: true });
  return { root, workdir: '/', environment: {}, user: 'root', command: [] };
}

interface Sources {
  repository: string;
  context: readonly string[];
  stages: ReadonlyMap<string, Stage>;
}

async function carryOut(one: Exclude<Instruction, { kind: 'from' }>, stage: Stage, sources: Sources): Promise<void> {
  switch (one.kind) {
    case 'workdir':
      stage.workdir = one.path;
      mkdirSync(join(stage.root, one.path), { recursive: true });
      return;
    case 'env':
      Object.assign(stage.environment, one.variables);
      return;
    case 'user':
      stage.user = one.user;
      return;
    case 'cmd':
      stage.command = one.command;
      return;
    case 'run':
      return await run(one.command, stage);
    case 'copy':
      return one.from === null ? copyFromContext(one, stage, sources) : copyFromStage(one, one.from, stage, sources);
  }
}

type Copy = Extract<Instruction, { kind: 'copy' }>;

function copyFromContext({ sources, destination }: Copy, stage: Stage, { repository, context }: Sources): void {
  const to = join(stage.root, stage.workdir, destination);
  for (const source of sources) {
    const isFile = statSync(join(repository, source)).isFile();
    const files = context.filter((path) => path === source || path.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`nothing to copy: ${source}`);
    for (const path of files) {
      const target = isFile
        ? destination.endsWith('/')
          ? join(to, basename(path))
          : to
        : join(to, path.slice(source.length + 1));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(repository, path), target, { verbatimSymlinks: true });
    }
  }
}

function copyFromStage({ sources, destination }: Copy, from: string, stage: Stage, { stages }: Sources): void {
  const other = stages.get(from);
  if (other === undefined) throw new Error(`there is no stage ${from}`);
  for (const source of sources) {
    const path = join(other.root, source);
    if (!existsSync(path)) throw new Error(`nothing to copy: ${source} of ${from}`);
    cpSync(path, join(stage.root, stage.workdir, destination), { recursive: true, verbatimSymlinks: true });
  }
}

async function run(command: string, stage: Stage): Promise<void> {
  if (/(^|[\s'"=])\//.test(command)) throw new Error(`a command here may name no absolute path: ${command}`);
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
  const { code, output } = await runCommand('/bin/sh', ['-ec', command], {
    cwd: join(stage.root, stage.workdir),
    env: { ...kept, ...stage.environment },
  });
  if (code !== 0) throw new Error(`${command} failed (${code}):\n${output}`);
}
