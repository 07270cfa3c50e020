const DEFAULT_BASE_PORT = 4000;

/**
 * One service's environment within the common process: PORT is the base port that each service's own lies above. A
 * DATABASE_SCHEMA is left out, for each service has a schema of its own.
 */
export function serviceEnvironment(environment: NodeJS.ProcessEnv, portOffset: number): NodeJS.ProcessEnv {
  const { DATABASE_SCHEMA: _, PORT, ...rest } = environment;
  const base = PORT === undefined || PORT === '' ? DEFAULT_BASE_PORT : Number(PORT);
  // What is not a number goes on as it is: the service's own check names the variable.
  return { ...rest, PORT: Number.isInteger(base) ? String(base + portOffset) : PORT };
}
