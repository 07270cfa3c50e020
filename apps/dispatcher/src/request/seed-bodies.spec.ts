import { describe, expect, test } from 'vitest';
import { type RequestWorld, received } from './request-world.fake.js';

/** As the samples are, without the whitespace of the envelope that we build compact. */
const AGENT = `{
        "type": "Agent",
        "id": "fdceb72a-c274-4844-8b74-a0c74a8018e5",
        "platform": "Windows",
        "version": "1.8.78"
    }`;
const USER_REQUEST = `{
        "type": "UserRequest",
        "id": 1650,
        "report_type": "url_block",
        "hostname": "monster.com",
        "url": "https:\\/\\/monster.com\\/",
        "reason": "Incorrect Risk Rating"
    }`;

describe('MetaAccess', () => {
  const world: RequestWorld = {
    body: {
      format: 'template',
      wrap: 'array',
      template:
        '{"device_id":{{ data.device_id | default: event.subject | required: "device id" }},' +
        '"status":{{ data.status | default: event.typeSuffix, allow_false: true }},"timestamp":{{ data.timestamp | default: event.timeMs }}}',
    },
  };
  const SAMPLE = '[{"device_id":"6WXJURV8QAM0I7KC","status":"compliant","timestamp":1582708254594}]';
  const event = { type: 'device.compliant', subject: '6WXJURV8QAM0I7KC', time: '2020-02-26T09:10:54.594Z' };

  test('takes each member from data', () => {
    const data = '{"timestamp":1582708254594,"status":"compliant","device_id":"6WXJURV8QAM0I7KC"}';
    expect(received(world, { event: { type: 'device.other', subject: null, time: null }, data }).body).toBe(SAMPLE);
  });

  test.each(['{}', '[]', 'null', '"x"', '{"device_id":null,"status":"","timestamp":null}'])(
    'takes each member from the event where data has none: %s',
    (data) => {
      expect(received(world, { event, data }).body).toBe(SAMPLE);
    },
  );

  test('sends the acceptance where the event has no time', () => {
    const { body } = received(world, {
      event: { ...event, time: null, acceptedAt: '2026-01-02T03:04:05.678Z' },
      data: '{}',
    });
    expect(JSON.parse(body)[0].timestamp).toBe(1767323045678);
  });

  test('keeps a status that was added later, whatever it is, and a timestamp of 0', () => {
    const data = '{"device_id":"d","status":{ "code": 0.0 },"timestamp":0}';
    expect(received(world, { event, data }).body).toBe('[{"device_id":"d","status":{ "code": 0.0 },"timestamp":0}]');
  });

  test.each(['false', '0', '0.0', '[1]'])('takes a status of %s for one', (status) => {
    expect(received(world, { event, data: `{"status":${status}}` }).body).toContain(`"status":${status},`);
  });

  test('cannot be sent without a device id', () => {
    expect(() => received(world, { event: { ...event, subject: null }, data: '{}' })).toThrow(
      expect.objectContaining({
        code: 'request_unbuildable',
        retryable: false,
        message: 'The body: The event has no device id.',
      }),
    );
  });
});

describe('DefensX', () => {
  const world: RequestWorld = {
    body: {
      format: 'template',
      template: '{"event":{{ event.type }},"time":{{ event.timeSeconds }},"payload":{{ data }}}',
    },
  };

  test.each([
    ['Agent.Create', '2023-02-24T11:24:45Z', 1677237885, AGENT],
    ['UserRequest.Create', '2023-02-24T12:18:01.999Z', 1677241081, USER_REQUEST],
  ])('sends %s with the payload as it was sent', (type, time, seconds, payload) => {
    const { body } = received(world, { event: { type, time }, data: payload });
    expect(body).toBe(`{"event":"${type}","time":${seconds},"payload":${payload}}`);
  });
});

describe('Netography', () => {
  const START =
    '{\n"alerttype":"start",\n"beta":false,\n"metrics":{\n"bits":{\n"avg":0.00,\n"max":0\n}\n},\n"srcip":[\n],\n"track_by":[\n"srcip",\n"dstip"\n],\n"updateinterval":300\n}';

  test('sends the event as it is', () => {
    expect(received({ body: { format: 'data' } }, { data: START }).body).toBe(START);
  });

  test('"The field names in the webhook can be customized", and 0.00 stays 0.00', () => {
    const body = {
      format: 'data' as const,
      rename: { srcip: 'source_ip', '/metrics/bits/avg': 'mean' },
      omit: ['beta'],
    };
    expect(received({ body }, { data: START }).body).toBe(
      START.replace('"srcip":[', '"source_ip":[').replace('"avg":0.00', '"mean":0.00').replace('\n"beta":false,', ''),
    );
  });
});
