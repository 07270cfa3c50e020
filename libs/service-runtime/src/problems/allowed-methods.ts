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

/** Which methods a path has routes for, so that a wrong method is told from an unknown path. */
export class AllowedMethods {
  private readonly routes: Route[] = [];

  add(methods: string | readonly string[], path: string): void {
    const pattern = patternOf(path);
    for (const method of [methods].flat()) this.routes.push({ method, pattern });
  }

  /** Sorted, without repeats; empty for an unknown path. */
  of(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}
