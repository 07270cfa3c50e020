import { describe, expect, it } from 'vitest';
import { AllowedMethods } from './allowed-methods.js';

const routes = new AllowedMethods();
routes.add('GET', '/v1/integrations');
routes.add('POST', '/v1/integrations');
routes.add(['GET', 'PATCH'], '/v1/integrations/:id');
routes.add('PUT', '/v1/integrations::apply');
routes.add('GET', '/v1/a.b');

describe('AllowedMethods', () => {
  it('lists the methods of a path', () => {
    expect(routes.of('/v1/integrations')).toEqual(['GET', 'POST']);
    expect(routes.of('/v1/integrations/int_1')).toEqual(['GET', 'PATCH']);
  });

  it('knows a path with a colon, which Fastify writes twice', () => {
    expect(routes.of('/v1/integrations:apply')).toEqual(['PUT']);
  });

  it('has none for an unknown path', () => {
    expect(routes.of('/v1/integrations/int_1/more')).toEqual([]);
    expect(routes.of('/v1/axb')).toEqual([]);
  });
});
