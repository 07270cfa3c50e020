#!/usr/bin/env node
// In a clone the sources run as they are, without a build; the package holds only what was compiled.
import { existsSync } from 'node:fs';

const source = new URL('../src/main.ts', import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`hookstile needs Node 22.18 or newer, and this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href);
}
