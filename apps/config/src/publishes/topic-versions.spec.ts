import { describe, expect, it } from 'vitest';
import { TopicVersions } from './topic-versions.js';

describe('the versions in the topic configuration', () => {
  it('name a key whose last record is older than one before it, until it is written again', () => {
    const versions = new TopicVersions();
    versions.add('integration:a', 1);
    versions.add('integration:a', 2);
    versions.add('integration:b', 1);
    expect(versions.fallenBack).toEqual([]);
    versions.add('integration:a', 1);
    expect(versions.fallenBack).toEqual(['integration:a']);
    expect(versions.lastOf('integration:a')).toBe(1);
    versions.add('integration:a', 2);
    expect(versions.fallenBack).toEqual([]);
  });

  it('take the same record twice for no change', () => {
    const versions = new TopicVersions();
    versions.add('integration:a', 3);
    versions.add('integration:a', 3);
    expect(versions.fallenBack).toEqual([]);
    expect(versions.lastOf('integration:x')).toBe(0);
  });
});
