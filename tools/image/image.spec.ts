import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { REPOSITORY } from '../stack/settings.ts';
import { buildContext, isIgnored } from './build-context.ts';
import { IMAGE_USER } from './contained.ts';
import { CONTAINED_SERVICES } from './container-stack.ts';
import { type Instruction, parseDockerfile } from './dockerfile.ts';

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const instructions = parseDockerfile(read('Dockerfile'));
const of = <K extends Instruction['kind']>(kind: K) =>
  instructions.filter((one): one is Extract<Instruction, { kind: K }> => one.kind === kind);

describe('the Dockerfile', () => {
  it('says a user by number, as the last thing before the command', () => {
    expect(instructions.slice(-2)).toEqual([
      { kind: 'user', user: IMAGE_USER },
      {
        kind: 'cmd',
        command: ['node', '--import', '@hookstile/service-runtime/telemetry', 'apps/all-in-one/dist/main.js'],
      },
    ]);
  });

  it('pins its base to a version, and runs no script of a package', () => {
    for (const { image } of of('from')) expect(image).toMatch(/^node:\d+\.\d+\.\d+-slim$/);
    const installs = of('run').filter(({ command }) => /\bnpm (ci|install|prune)\b/.test(command));
    expect(installs.length).toBeGreaterThan(0);
    for (const { command } of installs)
      expect(command).toMatch(/npm (ci|prune)\b.* --ignore-scripts\b|npm ci --ignore-scripts/);
  });

  it('takes no secret: no argument, no variable, no file with keys', () => {
    const names = of('env').flatMap(({ variables }) => Object.keys(variables));
    expect(names.filter((name) => /KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL/.test(name))).toEqual([]);
    expect(
      of('copy')
        .flatMap(({ sources }) => sources)
        .filter((source) => source === '.' || source === './'),
    ).toEqual([]);
  });

  it('is read as it is written, and what is not known is an error', () => {
    const text = 'FROM a:1 AS b\n# no\nENV A=1 \\\n  B=2\nCOPY --from=b x y ./\nCMD ["n"]\n';
    expect(parseDockerfile(text)).toEqual([
      { kind: 'from', image: 'a:1', stage: 'b' },
      { kind: 'env', variables: { A: '1', B: '2' } },
      { kind: 'copy', from: 'b', sources: ['x', 'y'], destination: './' },
      { kind: 'cmd', command: ['n'] },
    ]);
    for (const line of ['ADD https://host/x /x', 'COPY --chown=1 a b', 'ENV A="b c"', 'ARG X']) {
      expect(() => parseDockerfile(`FROM a:1\n${line}`)).toThrow();
    }
  });
});

describe('what Docker is sent', () => {
  it('holds no keys, data or built files, also where they lie in a folder of the sources', () => {
    const patterns = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '');
    const out = [
      '.env',
      '.env.production',
      '.git/config',
      '.hookstile/keys.json',
      'node_modules/a/b.js',
      'apps/audit/dist/main.js',
      'apps/audit/src/a.spec.ts',
    ];
    expect(out.filter((path) => !isIgnored(path, patterns))).toEqual([]);
    const context = buildContext(REPOSITORY);
    expect(context).toContain('apps/audit/src/main.ts');
    expect(context.filter((path) => /(^|\/)(\.env|keys\.json|.*\.pem)$/.test(path))).toEqual([]);
  });
});

interface PodSpec {
  automountServiceAccountToken?: boolean;
  securityContext?: object;
  volumes?: unknown;
  hostNetwork?: unknown;
  hostPID?: unknown;
  containers: {
    name: string;
    securityContext?: object;
    resources?: { limits?: { memory?: string } };
    volumeMounts?: unknown;
  }[];
}

describe('each container of ours', () => {
  const compose = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Record<string, unknown>>;
  };
  const [uid, gid] = IMAGE_USER.split(':').map(Number);

  it.each(['prepare', ...CONTAINED_SERVICES])(
    '%s is confined by Compose: read-only, without capabilities, volumes and new privileges',
    (name) => {
      const service = compose.services[name] ?? {};
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      for (const member of ['privileged', 'user', 'volumes', 'tmpfs', 'cap_add', 'pid', 'network_mode', 'devices']) {
        expect(service).not.toHaveProperty(member);
      }
    },
  );

  it('is confined by Kubernetes in the same way, and has no token of the cluster', () => {
    const manifests = parseAllDocuments(read('deploy/kubernetes/hookstile.yaml')).map(
      (document) => document.toJS() as { kind: string; spec?: { template?: { spec: PodSpec } } },
    );
    const pods = manifests.flatMap(({ spec }) => (spec?.template ? [spec.template.spec] : []));
    expect(pods).toHaveLength(7);
    for (const { containers, ...pod } of pods) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: uid,
          runAsGroup: gid,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const member of ['volumes', 'hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(member);
      for (const { securityContext, resources, volumeMounts } of containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources?.limits?.memory).toMatch(/^\d+Mi$/);
        expect(volumeMounts).toBeUndefined();
      }
    }
  });
});
