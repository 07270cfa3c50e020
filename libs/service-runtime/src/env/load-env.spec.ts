import { IsBoolean, IsInt, Max } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { BaseEnv } from './base.env.js';
import { EnvError } from './env.error.js';
import { loadEnv } from './load-env.js';
import { Setting, settingsOf } from './setting.js';

class AppEnv extends BaseEnv {
  @Setting({ description: 'Attempts in flight.', unit: 'count' })
  @IsInt()
  @Max(100)
  APP_ATTEMPTS_MAX = 10;

  @Setting({ description: 'Whether it is fast.' })
  @IsBoolean()
  APP_FAST = false;
}

function problemsOf(environment: NodeJS.ProcessEnv): string {
  try {
    loadEnv(AppEnv, 'event-ingest', environment);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  return '';
}

describe('loadEnv', () => {
  it('uses the defaults where nothing is given', () => {
    const env = loadEnv(AppEnv, 'event-ingest', {});
    expect(env).toMatchObject({
      DATABASE_POOL_MAX: 8,
      HOOKSTILE_PARTITIONS: 12,
      APP_ATTEMPTS_MAX: 10,
      APP_FAST: false,
    });
  });

  it('reads numbers, booleans and lists', () => {
    const env = loadEnv(AppEnv, 'event-ingest', { PORT: '4002', APP_FAST: 'true', KAFKA_BROKERS: 'a:1, b:2' });
    expect(env).toMatchObject({ PORT: 4002, APP_FAST: true, KAFKA_BROKERS: ['a:1', 'b:2'] });
  });

  it('names every wrong variable and what is expected', () => {
    const text = problemsOf({ PORT: 'abc', APP_ATTEMPTS_MAX: '101', KAFKA_BROKERS: 'nowhere', DATABASE_SCHEMA: 'A b' });
    expect(text).toContain('PORT must be an integer number');
    expect(text).toContain('APP_ATTEMPTS_MAX must not be greater than 100');
    expect(text).toContain('KAFKA_BROKERS each item must be host:port');
    expect(text).toContain('DATABASE_SCHEMA must be a lower-case SQL name');
  });

  it('never repeats a value', () => {
    const text = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@db', HOOKSTILE_ADMIN_KEY: 'short-secret' });
    expect(text).toContain('DATABASE_URL');
    expect(text).toContain('HOOKSTILE_ADMIN_KEY');
    expect(text).not.toMatch(/hunter2|short-secret/);
  });

  it('refuses a production start without admin key or encryption keys', () => {
    const text = problemsOf({ NODE_ENV: 'production' });
    expect(text).toContain('HOOKSTILE_ADMIN_KEY is required in production');
    expect(text).toContain('HOOKSTILE_ENCRYPTION_KEYS is required in production');
  });

  it('wants name and password with SASL, and in production TLS around a password that is sent as it is', () => {
    const plain = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
    const keys = { HOOKSTILE_ADMIN_KEY: 'k'.repeat(16), HOOKSTILE_ENCRYPTION_KEYS: 'k1:x' };
    const production = { ...plain, ...keys, NODE_ENV: 'production' };
    expect(problemsOf({ KAFKA_SASL_MECHANISM: 'plain' })).toMatch(/USERNAME is required.*PASSWORD is required/s);
    expect(problemsOf({ ...plain, KAFKA_SASL_MECHANISM: 'gssapi' })).toContain('KAFKA_SASL_MECHANISM');
    expect(problemsOf(plain)).toBe('');
    expect(problemsOf(production)).toContain('KAFKA_SASL_MECHANISM plain needs KAFKA_TLS');
    expect(problemsOf({ ...production, KAFKA_TLS: 'true' })).toBe('');
    expect(problemsOf({ ...production, KAFKA_SASL_MECHANISM: 'scram-sha-512' })).toBe('');
  });

  it("prefers the service's own database and brokers", () => {
    const environment = { DATABASE_URL: 'postgres://a/b', HOOKSTILE_EVENT_INGEST_DATABASE_URL: 'postgres://own/b' };
    expect(loadEnv(AppEnv, 'event-ingest', environment).DATABASE_URL).toBe('postgres://own/b');
    expect(loadEnv(AppEnv, 'audit', environment).DATABASE_URL).toBe('postgres://a/b');
  });

  it('takes an empty list as none and an empty text as not given', () => {
    const env = loadEnv(AppEnv, 'audit', { HOOKSTILE_EGRESS_ALLOW: '', LOG_LEVEL: '' });
    expect(env).toMatchObject({ HOOKSTILE_EGRESS_ALLOW: [], LOG_LEVEL: 'info' });
  });
});

describe('settingsOf', () => {
  it("lists the base class's settings, then the app's", () => {
    const names = settingsOf(AppEnv).map(({ name }) => name);
    expect(names[0]).toBe('PORT');
    expect(names.slice(-2)).toEqual(['APP_ATTEMPTS_MAX', 'APP_FAST']);
  });

  it('documents every variable of the base class', () => {
    expect(settingsOf(BaseEnv).map(({ name }) => name)).toEqual(Object.keys(new BaseEnv()));
  });
});
