import type { ConnectOptions } from '@hookstile/messaging';
import type { BaseEnv } from './env/base.env.js';

/** Where the brokers are and how they are spoken to, as the environment says. */
export function kafkaOptions(env: BaseEnv): Pick<ConnectOptions, 'brokers' | 'security'> {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  return {
    brokers: env.KAFKA_BROKERS,
    security: {
      tls: env.KAFKA_TLS ? { ca: env.KAFKA_TLS_CA || null } : null,
      sasl: mechanism === '' ? null : { mechanism, username, password },
    },
  };
}
