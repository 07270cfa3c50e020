import { describe, expect, it } from 'vitest';
import { commonEnvironment, DEFAULT_EGRESS_ALLOW } from './services.ts';
import { stackSettings } from './settings.ts';

const STACK = { kafkaBrokers: ['k1:1', 'k2:2'], databaseUrl: 'postgres://d', adminKey: 'hk_a', encryptionKeys: 'k1:x' };

describe('the environment of the services', () => {
  it('names the broker, the database and the keys of this stack', () => {
    expect(commonEnvironment(STACK, {})).toMatchObject({
      KAFKA_BROKERS: 'k1:1,k2:2',
      DATABASE_URL: 'postgres://d',
      HOOKSTILE_ADMIN_KEY: 'hk_a',
      HOOKSTILE_ENCRYPTION_KEYS: 'k1:x',
    });
  });

  it('allows loopback as a destination unless the user says otherwise; set but empty allows nothing', () => {
    expect(commonEnvironment(STACK, {}).HOOKSTILE_EGRESS_ALLOW).toBe(DEFAULT_EGRESS_ALLOW);
    expect(commonEnvironment(STACK, { HOOKSTILE_EGRESS_ALLOW: '' }).HOOKSTILE_EGRESS_ALLOW).toBe('');
    expect(commonEnvironment(STACK, { HOOKSTILE_EGRESS_ALLOW: '10.0.0.0/8' }).HOOKSTILE_EGRESS_ALLOW).toBe(
      '10.0.0.0/8',
    );
  });

  it("passes the user's settings on, a service's own database too, but not npm's variables or a stray PORT", () => {
    const given = { LOG_LEVEL: 'debug', HOOKSTILE_AUDIT_DATABASE_URL: 'postgres://a', npm_config_x: '1', PORT: '80' };
    const environment = commonEnvironment(STACK, given);
    expect(environment).toMatchObject({ LOG_LEVEL: 'debug', HOOKSTILE_AUDIT_DATABASE_URL: 'postgres://a' });
    expect(environment).not.toHaveProperty('npm_config_x');
    expect(environment).not.toHaveProperty('PORT');
  });
});

describe('the settings of a start', () => {
  it('have defaults', () => {
    const settings = stackSettings({});
    expect(settings).toMatchObject({ port: 4000, mode: 'services', dispatchers: 1, demo: true });
    expect(settings).toMatchObject({
      kafkaBrokers: null,
      databaseUrl: null,
      home: expect.stringMatching(/\.hookstile$/),
    });
  });

  it.each([
    [{ HOOKSTILE_PORT: '70000' }, /^HOOKSTILE_PORT is a whole number from 1 to 65516/],
    [{ HOOKSTILE_PORT: 'x' }, /^HOOKSTILE_PORT/],
    [{ HOOKSTILE_MODE: 'both' }, /^HOOKSTILE_MODE/],
    [{ HOOKSTILE_DISPATCHERS: '7' }, /^HOOKSTILE_DISPATCHERS/],
    [{ HOOKSTILE_MODE: 'all-in-one', HOOKSTILE_DISPATCHERS: '2' }, /^HOOKSTILE_DISPATCHERS/],
  ])('are refused in one line when wrong: %o', (environment, message) => {
    expect(() => stackSettings(environment)).toThrow(message);
  });
});
