import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

export interface NameLock {
  release(): void;
}

/**
 * Takes a name that one process of the machine can have at a time; null when another has it. It is a socket in Linux'
 * abstract namespace: it leaves no file, and the kernel gives it back however its process ends.
 */
export function tryNameLock(purpose: string, path: string): Promise<NameLock | null> {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(`\0hookstile-${purpose}-${name}`, () => {
      server.unref();
      resolve({ release: () => void server.close() });
    });
  });
}
