import { prepare } from './prepare-stack.js';

try {
  await prepare(process.env);
} catch (error) {
  const { reasonOf } = await import('@hookstile/service-runtime');
  process.stderr.write(`prepare failed: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
