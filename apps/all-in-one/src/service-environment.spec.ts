import { expect, test } from 'vitest';
import { serviceEnvironment } from './service-environment.js';

test('puts a service on its own port above the base port', () => {
  expect(serviceEnvironment({ PORT: '5000' }, 3)).toEqual({ PORT: '5003' });
  expect(serviceEnvironment({}, 1)).toEqual({ PORT: '4001' });
});

test('gives every service its own schema, whatever DATABASE_SCHEMA says', () => {
  expect(serviceEnvironment({ DATABASE_SCHEMA: 'one' }, 1)).toEqual({ PORT: '4001' });
});

test('leaves a port that is no number to the check of the service', () => {
  expect(serviceEnvironment({ PORT: 'http' }, 1).PORT).toBe('http');
});
