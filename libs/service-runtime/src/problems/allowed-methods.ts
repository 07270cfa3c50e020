import { OPERATIONS } from '../auth/operations/operations.js';

interface Route {
  method: string;
  pattern: RegExp;
}

function patternOf(path: string): RegExp {
  const parts = path.split(/(::|:[A-Za-z0-9_]+|\*)/).map((part) => {
    if (part === '::') return ':';
    if (part === '*') return '.*';
    if (part.startsWith(':')) return '[^/]+';
    return part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('')}$`);
}

/** Of all services: behind one address, what another one answers on the same path is allowed as well. */
const PUBLIC: readonly Route[] = Object.values(OPERATIONS).map(({ method, path }) => ({
  method,
  pattern: patternOf(path.replaceAll(/:(?=\w)/g, '::').replaceAll(/\{(\w+)\}/g, ':$1')),
}));

/** Which methods a path has routes for, so that a wrong method is told from an unknown path. */
export class AllowedMethods {
  private readonly routes: Route[] = [];

  add(methods: string | readonly string[], path: string): void {
    const pattern = patternOf(path);
    for (const method of [methods].flat()) this.routes.push({ method, pattern });
  }

  /**
   * What the answer to a method that has no route here allows: sorted, without repeats; empty for an unknown path. Whoever
   * asks this service for what another one answers is told what is answered here.
   */
  insteadOf(refused: string, path: string): string[] {
    const of = (routes: readonly Route[]) =>
      routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const [own, all] = [of(this.routes), of(PUBLIC)];
    if (own.length === 0 || own.includes(refused)) return [];
    return [...new Set(all.includes(refused) ? own : [...own, ...all])].sort();
  }
}
