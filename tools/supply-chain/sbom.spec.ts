import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../stack/settings.ts';
import { isForDevelopment, lockedPackages, readLockFile } from './lock-file.ts';
import { NOT_IN_THE_IMAGE } from './policy.ts';
import { makeSbom, type Sbom } from './sbom.ts';

const NPM_TIMEOUT_MS = 60_000;
const locked = lockedPackages(readLockFile(REPOSITORY));
const refOf = ({ name, version }: { name: string; version?: string }) => `${name}@${version}`;
const isOfOthers = (ref: string) => !ref.startsWith('@hookstile/') && !ref.startsWith('hookstile@');
const refsOf = ({ components }: Sbom) =>
  new Set(components.map((component) => component['bom-ref']).filter(isOfOthers));
const hex = (integrity: string) => Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');

it('names each package that the lock file pins, with its digest and its licence, and no other', {
  timeout: NPM_TIMEOUT_MS,
}, async () => {
  const sbom = await makeSbom({ repository: REPOSITORY, production: false });
  expect(sbom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    metadata: { component: { name: 'hookstile' } },
  });
  expect(refsOf(sbom)).toEqual(new Set(locked.map(refOf)));
  const byRef = new Map(sbom.components.map((component) => [component['bom-ref'], component]));
  for (const one of locked.filter(({ integrity }) => integrity !== undefined)) {
    const component = byRef.get(refOf(one));
    expect(component?.hashes).toContainEqual({ alg: 'SHA-512', content: hex(one.integrity ?? '') });
    expect(component?.licenses).toHaveLength(1);
  }
});

it('of production names what is in the image, and nothing that only builds or tests', {
  timeout: NPM_TIMEOUT_MS,
}, async () => {
  const sbom = await makeSbom({ repository: REPOSITORY, production: true });
  const isInTheImage = ({ name }: { name: string }) => !NOT_IN_THE_IMAGE.some((pattern) => pattern.test(name));
  const wanted = locked.filter((one) => !isForDevelopment(one) && isInTheImage(one));
  expect(refsOf(sbom)).toEqual(new Set(wanted.map(refOf)));
  const refs = new Set([sbom.metadata.component, ...sbom.components].map((component) => component['bom-ref']));
  for (const { ref, dependsOn = [] } of sbom.dependencies) {
    expect([ref, ...dependsOn].filter((one) => !refs.has(one))).toEqual([]);
  }
});

it('of production leaves out what the Dockerfile takes out', () => {
  const dockerfile = readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8');
  const taken = /rm -rf ((?:node_modules\/\S+ ?)+)/.exec(dockerfile)?.[1]?.trim().split(' ') ?? [];
  const names = taken.map((path) => path.replace('node_modules/', '').replace('*', 'linux-x64'));
  expect(names).toHaveLength(NOT_IN_THE_IMAGE.length);
  for (const name of names) expect(NOT_IN_THE_IMAGE.some((pattern) => pattern.test(`${name}/`))).toBe(true);
});
