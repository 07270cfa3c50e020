import { describe, expect, it } from 'vitest';
import { AllowedMethods } from './allowed-methods.js';

const routes = new AllowedMethods();
routes.add('GET', '/v1/things');
routes.add('POST', '/v1/things');
routes.add(['GET', 'PATCH'], '/v1/things/:id');
routes.add('PUT', '/v1/things::apply');
routes.add('GET', '/v1/a.b');

describe('AllowedMethods', () => {
  it('lists the methods of a path', () => {
    expect(routes.insteadOf('QUERY', '/v1/things')).toEqual(['GET', 'POST']);
    expect(routes.insteadOf('QUERY', '/v1/things/thg_1')).toEqual(['GET', 'PATCH']);
  });

  it('knows a path with a colon, which Fastify writes twice', () => {
    expect(routes.insteadOf('QUERY', '/v1/things:apply')).toEqual(['PUT']);
  });

  it('lists what other services answer on the same path, unless it was asked for that', () => {
    const frontDoor = new AllowedMethods();
    frontDoor.add('POST', '/v1/events');
    expect(frontDoor.insteadOf('OPTIONS', '/v1/events')).toEqual(['GET', 'POST']);
    expect(frontDoor.insteadOf('GET', '/v1/events')).toEqual(['POST']);
  });

  it('has none for an unknown path, and for a method that has a route', () => {
    expect(routes.insteadOf('GET', '/v1/things')).toEqual([]);
    expect(routes.insteadOf('QUERY', '/v1/things/thg_1/more')).toEqual([]);
    expect(routes.insteadOf('QUERY', '/v1/axb')).toEqual([]);
  });
});
