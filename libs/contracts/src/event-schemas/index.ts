export * from './instance-check.js';
export * from './json-schema.js';
export { isObject, type SchemaProblem } from './schema-problem.js';
