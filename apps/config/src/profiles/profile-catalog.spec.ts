import { describe, expect, it } from 'vitest';
import { ProfileCatalog } from './profile-catalog.js';
import { profileFile } from './profile-file.fake.js';

const one = profileFile({ version: 1, title: 'One' });
const two = profileFile({ version: 2, title: 'Two', requires: { plan: 'enterprise', auth: false } });
const other = profileFile({ name: 'other' });

describe('the catalog of profiles', () => {
  it('shows each profile in its newest version', () => {
    const catalog = new ProfileCatalog([one, other, two]);
    expect(catalog.list()).toEqual([two, other]);
    expect(catalog.newest('test')).toEqual(two);
    expect(catalog.newest('nobody')).toBeUndefined();
  });

  it('keeps each version for what was made under it; the first where none was stored', () => {
    const catalog = new ProfileCatalog([two, one]);
    expect(catalog.ofIntegration('test', 1)).toEqual(one);
    expect(catalog.ofIntegration('test', 2)).toEqual(two);
    expect(catalog.ofIntegration('test')).toEqual(one);
  });

  it('takes the newest one for a version of a release that was taken back', () => {
    expect(new ProfileCatalog([one]).ofIntegration('test', 2)).toEqual(one);
  });

  it('names what needs a plan in any version', () => {
    expect(new ProfileCatalog([one, two, other]).namesThatRequireAPlan()).toEqual(['test']);
    expect(new ProfileCatalog([one, other]).namesThatRequireAPlan()).toEqual([]);
  });

  it('refuses a version that is there twice', () => {
    expect(() => new ProfileCatalog([one, one])).toThrow('test has version 1 twice');
  });

  it.each([
    ['a member that no profile has', { ...one, colour: 'red' }],
    ['a setting that no integration has', profileFile({ settings: { rateLimits: null } as object })],
    ['no settings', { ...one, settings: undefined }],
    ['a version below 1', { ...one, version: 0 }],
    ['more in a batch than a push takes', profileFile({ settings: { batch: { maxItems: 101, maxWaitMs: 0 } } })],
    ['nothing at all', null],
  ])('refuses a file with %s', (_what, file) => {
    expect(() => new ProfileCatalog([file])).toThrow(/is not valid/);
  });
});
