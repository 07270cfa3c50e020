import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReceiver } from '@hookstile/testing';
import { parse } from 'yaml';
import { REPOSITORY } from '../../../tools/stack/settings.ts';
import type { Stack } from '../../../tools/stack/stack.ts';
import { Api } from '../api.ts';
import { type Report, readReport } from './findings.ts';
import { type Document, fuzzedDocument } from './fuzzed-document.ts';
import type { FuzzOptions } from './options.ts';
import { GROUPS, type Pass } from './passes.ts';
import { type PassReport, runPass } from './run-pass.ts';
import { sumOf, type Verdict, verdictOf } from './verdict.ts';
import { answerWorlds, makeWorld, type World } from './world.ts';

const SECONDS_A_MINUTE = 60;
/** How schemathesis ends after finding nothing, or something; all else is a failure of its own. */
const ENDED_WELL = ['code 0', 'code 1'];

export interface Given {
  python: string;
  options: FuzzOptions;
  /** Where reports go. */
  directory: string;
  say(line: string): void;
}

/** Makes all passes on a running stack. */
export async function runSuite(stack: Stack, { python, options, directory, say }: Given): Promise<Verdict> {
  const document = parse(readFileSync(join(REPOSITORY, 'docs/openapi.yaml'), 'utf8')) as Document;
  const { baseUrl, adminKey } = stack.run;
  const receiver = await startReceiver();
  answerWorlds(receiver);
  const reports: Report[] = [];
  const others: string[] = [];
  const pidsBefore = pidsOf(stack);
  const makePass = async (pass: Pass, seconds: number): Promise<PassReport[]> => {
    const own = `fuzz-${pass.name}`;
    const apiOf = (tenantId?: string) => new Api(baseUrl, adminKey, tenantId);
    const world = await makeWorld(apiOf(), apiOf(own), own, receiver);
    return runPass(pass, {
      ...{ python, baseUrl, directory, seconds, owned: stack.owned, seed: options.seed },
      document: fuzzedDocument(document, world, pass.parameters),
      key: keyOf(pass, world, adminKey),
      tenantId: pass.key === 'platform' ? (pass.tenantId ?? own) : null,
    });
  };
  try {
    for (const { share, passes } of GROUPS) {
      const seconds = options.minutes * SECONDS_A_MINUTE * share;
      const pairs = await Promise.all(passes.map(async (pass) => [pass, await makePass(pass, seconds)] as const));
      for (const [pass, runs] of pairs) {
        const own = await Promise.all(runs.map(({ path }) => readReport(path)));
        reports.push(...own);
        others.push(...runs.flatMap((run) => badEndOf(pass, run)));
        say(`${pass.name}: ${sumOf(verdictOf([], own, []))}`);
      }
    }
  } finally {
    await receiver.close();
  }
  if (pidsOf(stack) !== pidsBefore) others.push(`a service died: ${pidsBefore} before, ${pidsOf(stack)} now`);
  return verdictOf(operationsOf(document), reports, others);
}

function badEndOf({ name }: Pass, { ended, printed }: PassReport): string[] {
  return ENDED_WELL.includes(ended) ? [] : [`schemathesis as ${name} ended with ${ended}\n${printed}`];
}

function keyOf({ key }: Pass, world: World, adminKey: string): string | null {
  if (key === null) return null;
  return key === 'platform' ? adminKey : world.keys[key];
}

/** A process that died was started again under another pid. */
function pidsOf({ settings }: Stack): string {
  const { services } = JSON.parse(readFileSync(join(settings.home, 'run.json'), 'utf8')) as Stack['run'];
  return JSON.stringify(Object.entries(services).map(([name, own]) => [name, [own].flat().map(({ pid }) => pid)]));
}

function operationsOf({ paths }: Document): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}
