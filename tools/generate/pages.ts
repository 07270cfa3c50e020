import { readFileSync, writeFileSync } from 'node:fs';
import { asyncApi } from './asyncapi/asyncapi.ts';
import { openApi } from './openapi/openapi.ts';
import { rolesPage } from './roles.ts';
import { envExample, settingsPage } from './settings.ts';

/** The files that are generated from the code: path → text. */
export function generatedPages(repository: string): Record<string, string> {
  const { version } = JSON.parse(readFileSync(`${repository}package.json`, 'utf8')) as { version: string };
  return {
    'docs/settings.md': settingsPage(),
    'docs/roles.md': rolesPage(),
    '.env.example': envExample(),
    'docs/openapi.yaml': openApi(version),
    'docs/asyncapi.yaml': asyncApi(version),
  };
}

export function writeGeneratedPages(repository: string): void {
  for (const [path, text] of Object.entries(generatedPages(repository))) writeFileSync(`${repository}${path}`, text);
}

/** The generated files that differ from what the code says now. */
export function driftedPages(repository: string): string[] {
  return Object.entries(generatedPages(repository))
    .filter(([path, text]) => readOrEmpty(`${repository}${path}`) !== text)
    .map(([path]) => `${path} differs from the code; run npm run generate`);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
