/** How brokers are known, and how they know us. */
export interface KafkaSecurity {
  /** Over TLS, whose certificate and name are verified; null is plain TCP. */
  tls: {
    /** PEM of the authorities that are trusted; null is those that Node trusts. */
    ca: string | null;
  } | null;
  /** Null where brokers ask for no name. */
  sasl: { mechanism: SaslMechanism; username: string; password: string } | null;
}

/** `plain` gives the password to whoever answers, so it belongs inside TLS; the others prove that they know it. */
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export const PLAIN_TCP: KafkaSecurity = { tls: null, sasl: null };
