import type { Signing } from '@hookstile/contracts';
import { fold, given } from '@hookstile/event-sourcing';
import { integrationSettings } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { type Integration, type IntegrationDomainEvent, integrationDecider } from './integration.decider.js';

const at = '2026-01-02T03:04:05.678Z';
const later = '2026-01-03T03:04:05.678Z';
const settings = integrationSettings();
const renamed = integrationSettings({ name: 'Renamed' });

const created: IntegrationDomainEvent = { type: 'IntegrationCreated', at, tenantId: 'ten_1', settings, enabled: true };
const updated: IntegrationDomainEvent = { type: 'IntegrationUpdated', at, settings: renamed };
const disabled: IntegrationDomainEvent = { type: 'IntegrationDisabled', at, reason: 'admin', note: null };
const failed: IntegrationDomainEvent = { type: 'IntegrationDisabled', at, reason: 'consecutive_failures', note: null };
const enabled: IntegrationDomainEvent = { type: 'IntegrationEnabled', at, backlog: 'deliver' };
const discarded: IntegrationDomainEvent = { type: 'IntegrationEnabled', at, backlog: 'discard' };
const deleted: IntegrationDomainEvent = { type: 'IntegrationDeleted', at };

const spec = (...events: IntegrationDomainEvent[]) => given(integrationDecider, events);
const enable = { type: 'enable', at, backlog: 'deliver', mayEnableAfterFailures: false } as const;
const requestDisable = (enablement: number) =>
  ({ type: 'request-disable', at, enablement, reason: 'consecutive_failures' }) as const;

describe('creating an integration', () => {
  const create = { type: 'create', at, tenantId: 'ten_1', settings, enabled: true } as const;

  it('is recorded', () => {
    spec().when(create).expect([created]);
  });

  it('is refused for an id that was used', () => {
    spec(created).when(create).expectRefusal('conflict');
    spec(created, deleted).when(create).expectRefusal('conflict');
  });
});

describe('updating an integration', () => {
  it('is recorded', () => {
    spec(created).when({ type: 'update', at, settings: renamed }).expect([updated]);
  });

  it('is refused where there is none', () => {
    spec().when({ type: 'update', at, settings: renamed }).expectRefusal('not_found');
    spec(created, deleted).when({ type: 'update', at, settings: renamed }).expectRefusal('not_found');
  });

  it('does nothing when the settings stay the same', () => {
    spec(created)
      .when({ type: 'update', at: later, settings: structuredClone(settings) })
      .expectNothing();
  });
});

describe('enabling an integration', () => {
  it('is recorded with what becomes of the backlog', () => {
    spec(created, disabled).when(enable).expect([enabled]);
    spec(created, disabled)
      .when({ ...enable, backlog: 'discard' })
      .expect([discarded]);
  });

  it('is refused to all but admins after failures', () => {
    spec(created, failed).when(enable).expectRefusal('forbidden');
    spec(created, failed)
      .when({ ...enable, mayEnableAfterFailures: true })
      .expect([enabled]);
  });

  it('does nothing when it is enabled', () => {
    spec(created)
      .when({ ...enable, backlog: 'discard' })
      .expectNothing();
  });

  it('raises the enablement, and nothing else does', () => {
    expect(fold(integrationDecider, [created, updated, disabled])).toMatchObject({ enablement: 1 });
    expect(fold(integrationDecider, [created, disabled, enabled])).toMatchObject({ enablement: 2, discardBefore: 0 });
  });

  it('discards what was routed below its own version, also after later enablements', () => {
    expect(fold(integrationDecider, [created, disabled, discarded])).toMatchObject({ version: 3, discardBefore: 3 });
    expect(fold(integrationDecider, [created, disabled, discarded, disabled, enabled])).toMatchObject({
      version: 5,
      discardBefore: 3,
    });
  });
});

describe('disabling an integration', () => {
  it('is recorded with the reason "admin"', () => {
    spec(created).when({ type: 'disable', at, reason: 'admin', note: null }).expect([disabled]);
  });

  it('is refused where there is none', () => {
    spec(created, deleted).when({ type: 'disable', at, reason: 'admin', note: null }).expectRefusal('not_found');
  });

  it('does nothing when it is disabled, whatever for', () => {
    spec(created, failed).when({ type: 'disable', at, reason: 'admin', note: 'again' }).expectNothing();
  });
});

describe('a request to disable', () => {
  it('is accepted under the current enablement', () => {
    spec(created).when(requestDisable(1)).expect([failed]);
  });

  it('is accepted whatever the version: a rename meanwhile does not make it stale', () => {
    spec(created, updated).when(requestDisable(1)).expect([failed]);
  });

  it('is stale once the integration was enabled again', () => {
    spec(created, failed, enabled).when(requestDisable(1)).expectNothing();
    spec(created, failed, enabled).when(requestDisable(2)).expect([failed]);
  });

  it('does nothing when it is disabled, deleted or was never there', () => {
    spec(created, failed).when(requestDisable(1)).expectNothing();
    spec(created, deleted).when(requestDisable(1)).expectNothing();
    spec().when(requestDisable(1)).expectNothing();
  });
});

describe('rotating a signing secret', () => {
  const sealed = (ciphertext: string) => ({ keyId: 'k1', nonce: '', ciphertext, lastFour: '', updatedAt: at });
  const signed = (sign: Signing) => integrationSettings({ request: { ...integrationSettings().request, sign } });
  const by = (algorithm: Signing['algorithm'], publicKey?: string): IntegrationDomainEvent => ({
    ...created,
    settings: signed({
      scheme: 'standard-webhooks',
      algorithm,
      secret: sealed('first'),
      ...(publicKey === undefined ? {} : { publicKey }),
    }),
  });
  const rotate = (name: string, previousUntil: string | null = later, publicKey: string | null = null) =>
    ({ type: 'rotate-secret', at, secret: sealed(name), publicKey, previousUntil }) as const;
  const rotated = (...args: Parameters<typeof rotate>) =>
    ({ ...rotate(...args), type: 'IntegrationSecretRotated' }) as const;
  const signAfter = (...events: IntegrationDomainEvent[]) =>
    (fold(integrationDecider, events) as Integration).settings.request.sign;

  it('is recorded, also while the integration is disabled', () => {
    spec(by('hmac-sha256'))
      .when(rotate('second'))
      .expect([rotated('second')]);
    spec(by('hmac-sha256'), failed)
      .when(rotate('second'))
      .expect([rotated('second')]);
  });

  it('is refused where nothing is signed, and where there is no integration', () => {
    const unsigned = signed({ scheme: 'none', algorithm: 'hmac-sha256', secret: null });
    spec({ ...created, settings: unsigned } as IntegrationDomainEvent)
      .when(rotate('second'))
      .expectRefusal('not_signed');
    spec().when(rotate('second')).expectRefusal('not_found');
    spec(by('hmac-sha256'), deleted).when(rotate('second')).expectRefusal('not_found');
  });

  it('keeps the secret before, with its public key, until then', () => {
    expect(signAfter(by('ed25519', 'whpk_1'), rotated('second', later, 'whpk_2'))).toEqual({
      scheme: 'standard-webhooks',
      algorithm: 'ed25519',
      secret: sealed('second'),
      publicKey: 'whpk_2',
      previous: { secret: sealed('first'), publicKey: 'whpk_1', until: later },
    });
  });

  it('leaves two secrets at most: the oldest ends, and without an overlap all former ones do', () => {
    const twice = signAfter(by('hmac-sha256'), rotated('second'), rotated('third'));
    expect(twice).toMatchObject({ secret: sealed('third'), previous: { secret: sealed('second') } });
    expect(signAfter(by('hmac-sha256'), rotated('second'), rotated('third', null))).toEqual({
      scheme: 'standard-webhooks',
      algorithm: 'hmac-sha256',
      secret: sealed('third'),
    });
  });

  it('changes nothing but the secret, the version and when', () => {
    const before = fold(integrationDecider, [by('hmac-sha256'), failed]) as Integration;
    const after = fold(integrationDecider, [rotated('second')], before) as Integration;
    expect({ ...after, settings: before.settings, version: 2 }).toEqual(before);
    expect(after.version).toBe(3);
  });
});

describe('deleting an integration', () => {
  it('is recorded', () => {
    spec(created).when({ type: 'delete', at }).expect([deleted]);
  });

  it('is refused where there never was one', () => {
    spec().when({ type: 'delete', at }).expectRefusal('not_found');
  });

  it('happens once', () => {
    spec(created, deleted).when({ type: 'delete', at }).expectNothing();
  });
});
