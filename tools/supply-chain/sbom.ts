import { isForDevelopment, type LockFile, lockedPackages, readLockFile } from './lock-file.ts';
import { NOT_IN_THE_IMAGE } from './policy.ts';
import { runNpm } from './run-npm.ts';

const SBOM_TIMEOUT_MS = 120_000;

interface Component {
  'bom-ref': string;
  name: string;
  group?: string;
  version: string;
  purl: string;
  hashes?: readonly { alg: string; content: string }[];
  licenses?: readonly unknown[];
}

/** A software bill of materials in CycloneDX 1.5, as npm writes it. */
export interface Sbom {
  bomFormat: 'CycloneDX';
  specVersion: string;
  serialNumber: string;
  metadata: { component: Component; [member: string]: unknown };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

export interface SbomOptions {
  repository: string;
  /** Only what is in the image. */
  production: boolean;
}

/** Made of the lock file, so that it is the same on every machine, whatever is installed there. */
export async function makeSbom({ repository, production }: SbomOptions): Promise<Sbom> {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const { code, stdout, stderr } = await runNpm(args, { cwd: repository, timeoutMs: SBOM_TIMEOUT_MS });
  if (code !== 0) throw new Error(`npm sbom failed: ${stderr.trim()}`);
  const sbom = named(JSON.parse(stdout) as Sbom);
  return production ? only(sbom, refsInTheImage(readLockFile(repository))) : sbom;
}

/** npm calls the whole by the name of its folder, which is anybody's choice. */
function named(sbom: Sbom): Sbom {
  const { component } = sbom.metadata;
  const [name = component.name] = component['bom-ref'].split('@');
  return { ...sbom, metadata: { ...sbom.metadata, component: { ...component, name } } };
}

/**
 * npm's own `--omit=dev` leaves out what production and a tool both use (seen with npm 11.19), so the lock file says what
 * production needs. The image has all of our apps and libraries, and nothing of `e2e` and `bench`.
 */
function refsInTheImage(lock: LockFile): ReadonlySet<string> {
  const { packages } = lock;
  const own = Object.entries(packages).filter(([path]) => path === '' || /^(apps|libs)\//.test(path));
  const others = lockedPackages(lock).filter(
    (one) => !isForDevelopment(one) && !NOT_IN_THE_IMAGE.some((pattern) => pattern.test(one.name)),
  );
  return new Set([...own.map(([, entry]) => entry), ...others].map(({ name, version }) => `${name}@${version}`));
}

function only(sbom: Sbom, refs: ReadonlySet<string>): Sbom {
  return {
    ...sbom,
    components: sbom.components.filter((component) => refs.has(component['bom-ref'])),
    dependencies: sbom.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) })),
  };
}
