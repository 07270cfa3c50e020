import type { EventAttributes } from '@hookstile/contracts';
import { compileBodyTemplate } from '@hookstile/templates';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_PROFILES } from './built-in-profiles.js';

function bodyOf(profile: string, data: string, event: Partial<EventAttributes> = {}): string {
  const { body } = BUILT_IN_PROFILES.ofIntegration(profile).settings.request;
  if (body.format !== 'template') throw new Error(`${profile} has no template`);
  const { envelope, bytes } = aDelivery({ data, event });
  const input = { envelope, data: bytes, integration: { id: 'int_1', name: 'SIEM' } };
  return compileBodyTemplate(body.template).fillIn(input).toString();
}

describe('the body of MetaAccess', () => {
  const device = '"device_id":"6WXJURV8QAM0I7KC"';

  it('takes each member from the data, as it was sent', () => {
    const data = `{"timestamp": 1582708254594.0, "x": 1, "status": "compliant", ${device}}`;
    expect(bodyOf('metaaccess', data)).toBe(`{${device},"status":"compliant","timestamp":1582708254594.0}`);
  });

  it('takes what the data lacks from the event: subject, last segment of the type, time in milliseconds', () => {
    const event = { subject: '6WXJURV8QAM0I7KC', type: 'device.non_compliant', time: '2020-02-26T09:10:54.594Z' };
    const expected = `{${device},"status":"non_compliant","timestamp":1582708254594}`;
    expect(bodyOf('metaaccess', '{"device_id":null,"status":""}', event)).toBe(expected);
    expect(bodyOf('metaaccess', '"text"', event)).toBe(expected);
    expect(bodyOf('metaaccess', `{${device}}`, { ...event, subject: 'other' })).toBe(expected);
  });

  it('takes the acceptance for an event without a time', () => {
    const acceptedAt = '2020-02-26T09:10:54.594Z';
    expect(JSON.parse(bodyOf('metaaccess', '{}', { acceptedAt }))).toMatchObject({ timestamp: 1582708254594 });
  });

  it('is not made without a device id', () => {
    expect(() => bodyOf('metaaccess', '{"device_id":""}', { subject: null })).toThrow('no device id');
  });
});

describe('the body of DefensX', () => {
  it('is the type, the time in seconds and the data as it was sent', () => {
    const data = '{"type": "UserRequest", "url":"https:\\/\\/monster.com\\/", "id":1650}';
    const event = { type: 'UserRequest.Create', time: '2023-02-24T12:18:01.900Z' };
    expect(bodyOf('defensx', data, event)).toBe(`{"event":"UserRequest.Create","time":1677241081,"payload":${data}}`);
  });
});
