import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftovers, type OwnedProcess, OwnedProcesses, recordedProcesses } from './owned-processes.ts';

const kafka: OwnedProcess = {
  name: 'kafka',
  stage: 'backing',
  stopSignal: 'SIGTERM',
  graceMs: 1,
  pid: 100,
  startTime: '7',
  bootId: 'b',
};
const audit: OwnedProcess = { ...kafka, name: 'audit', stage: 'services', pid: 101, startTime: '8' };

describe('the record of owned processes', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hookstile-spec-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is on disk as soon as a process was added, and without it once it ended', () => {
    const owned = new OwnedProcesses(directory);
    owned.add(kafka);
    owned.add(audit);
    expect(recordedProcesses(directory)).toEqual([kafka, audit]);
    owned.remove(kafka.pid);
    expect(recordedProcesses(directory)).toEqual([audit]);
  });

  it('is readable by its owner only', () => {
    new OwnedProcesses(directory).add(kafka);
    expect(statSync(join(directory, 'processes.json')).mode & 0o777).toBe(0o600);
  });

  it('stays away after it was forgotten, although an exit is reported late', () => {
    const owned = new OwnedProcesses(directory);
    owned.add(kafka);
    owned.forget();
    rmSync(directory, { recursive: true });
    expect(() => owned.remove(kafka.pid)).not.toThrow();
  });

  it('ignores what is not a record', () => {
    writeFileSync(join(directory, 'processes.json'), JSON.stringify([{ pid: 1 }, { ...kafka, pid: -5 }, kafka]));
    expect(recordedProcesses(directory)).toEqual([kafka]);
    writeFileSync(join(directory, 'processes.json'), '[{');
    expect(recordedProcesses(directory)).toEqual([]);
  });

  it('names as leftovers only those whose pid and start time both match', () => {
    const running = ({ pid, startTime }: { pid: number; startTime: string }) => pid === 100 && startTime === '7';
    expect(leftovers([kafka, { ...kafka, startTime: '6' }, audit], running)).toEqual([kafka]);
  });
});
