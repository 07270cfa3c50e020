/** A variable that vitest's global setup gives to integration and e2e suites; throws where a suite runs without it. */
export function givenByTheRunner(name: 'KAFKA_BROKERS' | 'DATABASE_URL'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the suite by its vitest project, whose global setup gives it`);
  return value;
}
