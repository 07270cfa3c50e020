import { closeSync, openSync, readSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import { HOSTS_FILE_KEPT_MS, HOSTS_FILE_MAX_BYTES } from './egress.bounds.js';
import { plainName } from './private-names.js';

/** Reads `/etc/hosts`, which containers and operators give names by. */
export class HostsFile {
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  #readAgainAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly path: string,
    private readonly monotonicMs: () => number,
  ) {}

  addressesOf(name: string): readonly string[] {
    const nowMs = this.monotonicMs();
    if (nowMs >= this.#readAgainAtMs) {
      this.#readAgainAtMs = nowMs + HOSTS_FILE_KEPT_MS;
      this.#names = namesOf(textOf(this.path));
    }
    return this.#names.get(plainName(name)) ?? [];
  }
}

/** Empty where there is none. */
function textOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(HOSTS_FILE_MAX_BYTES);
      return buffer.toString('utf8', 0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

function namesOf(text: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...own] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!ipaddr.isValid(address)) continue;
    for (const name of own.map(plainName)) names.set(name, [...(names.get(name) ?? []), address]);
  }
  return names;
}
