import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '../stack/settings.ts';
import { messageOf } from '../stack/stack-problem.error.ts';
import { auditGate } from './audit-gate.ts';
import { isForDevelopment, lockedPackages, readLockFile } from './lock-file.ts';
import { licencesAreAllowed } from './lock-rules.ts';
import { ACCEPTED_ADVISORIES } from './policy.ts';
import { makeSbom } from './sbom.ts';

/** `npm run sbom`, `npm run licences`, `npm run audit`. */
const SBOM_FILE = 'hookstile.cdx.json';
const USAGE = 'usage: npm run sbom [-- --production] [-- --output FILE] | npm run licences | npm run audit\n';
const USAGE_EXIT = 64;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function sbom(args: readonly string[]): Promise<number> {
  const options = {
    production: { type: 'boolean', default: false },
    output: { type: 'string', default: SBOM_FILE },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const made = await makeSbom({ repository: REPOSITORY, production: values.production });
  const path = resolve(process.cwd(), values.output);
  writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`);
  print(`${path}: CycloneDX ${made.specVersion}, ${made.components.length} components`);
  return 0;
}

/** Which licence how many packages have, and which packages have one that they may not. */
async function licences(): Promise<number> {
  const lock = readLockFile(REPOSITORY);
  const counts = new Map<string, number>();
  for (const { license = '(unknown)', ...entry } of lockedPackages(lock)) {
    const key = `${isForDevelopment(entry) ? 'development' : 'production '}  ${license}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of [...counts].sort()) print(`${String(count).padStart(4)}  ${key}`);
  const problems = licencesAreAllowed(lock);
  for (const problem of problems) print(problem);
  print(`${problems.length} packages have a licence that tools/supply-chain/policy.ts does not allow.`);
  return problems.length === 0 ? 0 : 1;
}

async function audit(): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const { exitCode, lines } = await auditGate({ repository: REPOSITORY, accepted: ACCEPTED_ADVISORIES, today });
  for (const line of lines) print(line);
  return exitCode;
}

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = { sbom, licences, audit };

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = USAGE_EXIT;
} else {
  process.exitCode = await command(args).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return USAGE_EXIT;
  });
}
