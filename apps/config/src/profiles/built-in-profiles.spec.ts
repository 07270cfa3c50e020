import { bodyTemplateProblem, reshapingProblem } from '@hookstile/templates';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_PROFILES } from './built-in-profiles.js';

const settingsOf = (name: string) => BUILT_IN_PROFILES.ofIntegration(name).settings;

describe('the built-in profiles', () => {
  it('are the default, three products of integrations and one of decision rules', () => {
    const listed = BUILT_IN_PROFILES.list().map(({ name, version, describes }) => [name, version, describes]);
    expect(listed).toEqual([
      ['standard-webhooks', 1, 'integration'],
      ['metaaccess', 1, 'integration'],
      ['defensx', 1, 'integration'],
      ['netography', 1, 'integration'],
      ['safous', 1, 'decision-rule'],
    ]);
  });

  it('of MetaAccess: an API key as it is, two retries after 4 seconds and 1 minute, 100 failed pushes', () => {
    const { requires } = BUILT_IN_PROFILES.ofIntegration('metaaccess');
    expect(requires).toEqual({ plan: 'enterprise', auth: true });
    const { request, retry, ...rest } = settingsOf('metaaccess');
    expect(request).toMatchObject({ method: 'POST', auth: { type: 'apiKey', header: 'Authorization' } });
    expect(request).toMatchObject({ body: { format: 'template', wrap: 'array' }, sign: { scheme: 'none' } });
    expect(retry).toEqual({
      delaysMs: [4_000, 60_000],
      onExhausted: 'continue',
      stopOn: [],
      disableOn: [],
      retryAfterMaxMs: 0,
    });
    expect(rest).toMatchObject({ eventTypes: ['device.*'], disableAfter: 100, disableAfterMs: null });
  });

  it('of DefensX: five event types, unsigned, to a single endpoint', () => {
    expect(BUILT_IN_PROFILES.ofIntegration('defensx').singleEndpoint).toBe(true);
    expect(settingsOf('defensx')).toMatchObject({
      eventTypes: ['Agent.Create', 'Agent.Uninstall', 'Agent.Reinstall', 'Agent.Delete', 'UserRequest.Create'],
      request: { method: 'POST', body: { format: 'template' }, sign: { scheme: 'none' } },
    });
  });

  it('of Netography: the data as it is on start, ongoing and end, unsigned', () => {
    expect(settingsOf('netography')).toMatchObject({
      eventTypes: ['event.start', 'event.ongoing', 'event.end'],
      request: { method: 'POST', auth: { type: 'none' }, body: { format: 'data' }, sign: { scheme: 'none' } },
    });
  });

  it('have templates and changes of a body that can be carried out', () => {
    for (const profile of BUILT_IN_PROFILES.list()) {
      if (profile.describes !== 'integration') continue;
      const { body } = profile.settings.request;
      const problem =
        body.format === 'template' ? bodyTemplateProblem(body.template) : reshapingProblem(body.rename, body.omit);
      expect(problem, profile.name).toBeNull();
    }
  });

  it('need a plan or a single endpoint for one product each', () => {
    expect(BUILT_IN_PROFILES.namesThatRequireAPlan()).toEqual(['metaaccess']);
  });
});
