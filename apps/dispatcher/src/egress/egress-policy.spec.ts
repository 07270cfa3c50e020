import { describe, expect, it } from 'vitest';
import { DENIED_PORTS } from './denied-ports.js';
import { EgressError } from './egress.error.js';
import { type EgressPolicySettings, egressPolicyOf } from './egress-policy.js';
import { ownEndpointsOf } from './own-endpoints.js';

const HTTPS = 443;

/** Why a connection may not come about: by host and port, or by what the name resolves to. */
function objection(
  settings: Partial<EgressPolicySettings>,
  host: string,
  port = HTTPS,
  resolved?: string,
): string | null {
  try {
    const destination = egressPolicyOf({ allow: [], ...settings }).destinationOf(host, port);
    return destination.objectionTo(resolved ?? destination.address ?? '149.112.112.112')?.message ?? null;
  } catch (error) {
    if (error instanceof EgressError) return error.message;
    throw error;
  }
}

describe('ports', () => {
  it.each([...DENIED_PORTS])('%i is not for webhooks, at a name, an address or an allowed address', (port) => {
    const settings = { allow: ['10.0.0.0/8'] };
    for (const host of ['example.com', '9.9.9.9', '[2620:fe::9]', '10.0.0.1']) {
      expect(objection(settings, host, port)).toBe(`The port ${port} is not for webhooks.`);
    }
  });

  it('of the deny-list may be allowed one by one', () => {
    expect(objection({ allowPorts: [6000] }, 'example.com', 6000)).toBeNull();
    expect(objection({ allowPorts: [6000] }, 'example.com', 6379)).not.toBeNull();
  });

  it.each([80, 443, 3000, 4010, 8080, 8443, 9093, 30_000, 65_535])('%i is a port as any other', (port) => {
    expect(objection({}, 'example.com', port)).toBeNull();
  });
});

describe('names', () => {
  it.each(['example.com', 'localhost.example.com', 'internal.example.com', 'svc.example.org', 'xn--bcher-kva.example'])(
    '%s is a name as any other',
    (name) => expect(objection({}, name)).toBeNull(),
  );

  it.each(['localhost..', 'hook.svc..', 'kafka...', '127.0.0.1..'])(
    '%s is refused, however many dots end it',
    (name) => {
      expect(objection({ own: ownEndpointsOf(['kafka:9092']) }, name)).not.toBeNull();
    },
  );

  it('tell nothing of what they resolve to but its kind', () => {
    expect(objection({}, 'example.com', HTTPS, '10.1.2.3')).toBe(
      'The host name resolves to an address that is not public (private) and not in HOOKSTILE_EGRESS_ALLOW.',
    );
  });

  it('for use inside a network need their address in HOOKSTILE_EGRESS_ALLOW', () => {
    expect(objection({}, 'hook.svc')).toContain('for use inside a network');
    expect(objection({ allow: ['10.0.0.0/8'] }, 'hook.svc', HTTPS, '10.1.2.3')).toBeNull();
    expect(objection({ allow: ['10.0.0.0/8'] }, 'hook.svc', HTTPS, '9.9.9.9')).not.toBeNull();
    expect(objection({ allow: ['10.0.0.0/8'] }, 'hook.svc', HTTPS, '192.168.0.1')).not.toBeNull();
  });
});

describe('HOOKSTILE_EGRESS_DENY', () => {
  const settings = { allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16', ' 9.9.9.9 ', 'api.Example.com', '.corp.example'] };

  it.each([
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '9.9.9.9',
    'api.example.com',
    'API.example.com.',
    'a.b.corp.example',
    'corp.example',
  ])('has %s', (host) => expect(objection(settings, host)).toContain('HOOKSTILE_EGRESS_DENY'));

  it('has what a name resolves to', () => {
    expect(objection(settings, 'example.com', HTTPS, '9.9.9.9')).toContain('HOOKSTILE_EGRESS_DENY');
  });

  it.each(['10.2.0.1', '9.9.9.10', 'example.com', 'my-api.example.com', 'notcorp.example'])('has no %s', (host) => {
    expect(objection(settings, host)).toBeNull();
  });

  it('is refused with the part that cannot be read', () => {
    expect(() => egressPolicyOf({ allow: [], deny: ['10.0.0.0/99'] })).toThrow('"10.0.0.0/99"');
    expect(() => egressPolicyOf({ allow: [], deny: ['http://example.com'] })).toThrow('HOOKSTILE_EGRESS_DENY');
  });
});

describe("the platform's own endpoints", () => {
  const own = [
    'postgres://user:secret@db.example.com/hookstile',
    'kafka-1.example.com:9192',
    'http://[2620:fe::fe]:4318',
    'localhost:19092',
    'http://10.0.0.7:3000',
    '',
    'not a URL at all',
  ];
  const settings = { own: ownEndpointsOf(own), allow: ['127.0.0.0/8', '::1', '10.0.0.0/8'] };

  it.each(['db.example.com', 'kafka-1.example.com', 'KAFKA-1.example.com.'])('%s is refused on every port', (name) => {
    expect(objection(settings, name)).toBe("The host is the platform's own.");
  });

  it.each([
    ['10.0.0.7', 3000],
    ['::ffff:10.0.0.7', 3000],
    ['[2620:fe::fe]', 4318],
    ['127.0.0.1', 19_092],
    ['127.1.2.3', 19_092],
    ['[::1]', 19_092],
  ])('%s is refused on port %i', (address, port) => {
    expect(objection(settings, address, port)).toBe("The address and port are the platform's own.");
    expect(objection(settings, address, port + 1)).toBeNull();
  });

  it('are refused to names that resolve to them', () => {
    expect(objection(settings, 'example.com', 3000, '10.0.0.7')).toContain("platform's own");
    expect(objection(settings, 'example.com', 3001, '10.0.0.7')).toBeNull();
  });
});

describe('metadata services', () => {
  it.each(['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '100.100.100.200'])(
    '%s is allowed by itself alone',
    (address) => {
      expect(objection({ allow: ['0.0.0.0/0', '::/0'] }, address)).toContain('metadata');
      expect(objection({ allow: [address] }, address)).toBeNull();
    },
  );
});

describe('an IPv6 address that leads to an IPv4 one', () => {
  it.each(['64:ff9b::a00:1', '2002:a00:1::1', '2001:0:a00:1::1'])('%s needs both allowed', (address) => {
    expect(objection({ allow: ['::/0'] }, `[${address}]`)).toContain('leads to an IPv4 address');
    expect(objection({ allow: ['10.0.0.0/8'] }, `[${address}]`)).not.toBeNull();
  });

  it('is reached by NAT64 where its prefix is allowed, as a public address is', () => {
    expect(objection({ allow: ['64:ff9b::/96'] }, '[64:ff9b::9.9.9.9]')).toBeNull();
    expect(objection({ allow: ['64:ff9b::/96', '10.0.0.0/8'] }, '[64:ff9b::10.0.0.1]')).toBeNull();
  });
});
