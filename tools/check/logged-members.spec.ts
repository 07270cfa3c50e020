import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { isLogMember } from '../../libs/service-runtime/src/log-members.ts';
import { REPOSITORY } from '../stack/settings.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const MENTION = /logger\s*\.(trace|debug|info|warn|error|fatal)\(/i;

/** The names of the members that a source gives to its logger, each with where. */
function membersLoggedBy(path: string): [where: string, name: string][] {
  const text = readFileSync(join(REPOSITORY, path), 'utf8');
  // To parse takes most of the time.
  if (!MENTION.test(text)) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: [string, string][] = [];
  const visit = (node: ts.Node): void => {
    const [first] = ts.isCallExpression(node) && isLogCall(node) ? node.arguments : [];
    if (first && ts.isObjectLiteralExpression(first)) {
      const line = source.getLineAndCharacterOfPosition(first.getStart()).line + 1;
      for (const { name } of first.properties) if (name) found.push([`${path}:${line}`, name.getText()]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isLogCall({ expression }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    LEVELS.includes(expression.name.text) &&
    /logger$/i.test(expression.expression.getText())
  );
}

it('every member that a source gives to its logger is on the list of what a line may have', { timeout: 60_000 }, () => {
  const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: REPOSITORY }).filter(
    (path) => !/\.(spec|fake|conformance)\.ts$/.test(path),
  );
  const logged = sources.flatMap(membersLoggedBy);
  expect(logged.length).toBeGreaterThan(100);
  expect(logged.filter(([, name]) => name !== 'err' && !isLogMember(name))).toEqual([]);
});
