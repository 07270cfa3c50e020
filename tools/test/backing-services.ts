import { startBackingServices } from '../stack/backing-services.ts';

/** Vitest's globalSetup: gives the workers KAFKA_BROKERS and DATABASE_URL, and takes both down after the last test. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env.KAFKA_BROKERS && process.env.DATABASE_URL) return async () => {};
  const services = await startBackingServices();
  Object.assign(process.env, services.environment);
  return async () => {
    await services.stop();
    delete process.env.KAFKA_BROKERS;
    delete process.env.DATABASE_URL;
  };
}
