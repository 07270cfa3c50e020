import { attemptsV1 } from '@hookstile/contracts';
import { PayloadMask } from '@hookstile/service-runtime';
import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { DeliveryMarks } from './delivery-marks.js';
import { Epochs } from './epochs.js';
import { projectRecord } from './project-record.js';
import { ProjectionRows } from './projection-rows.js';
import { journalRecord, received, sampleAttempt } from './sample-records.js';

it('shows an attempt with the secrets of its payloads masked, the same again when it is read again', () => {
  const attempt = sampleAttempt(aDelivery(), {
    request: { method: 'POST', url: 'https://example.com', headers: [['X-Auth-Token', 'abc']], truncated: true },
    response: { headers: [['set-cookie', 'sid=abc']], truncated: false },
  });
  const record = received(journalRecord(attempt, '{"n":1,"Card-Number":"abc","cut":"', 'card_number=abc&n=1'), 0);
  const sent = attemptsV1.decode(record);
  const rowOf = () => {
    const rows = new ProjectionRows();
    const state = {
      epochs: new Epochs([]),
      marks: new DeliveryMarks([]),
      mask: new PayloadMask(['cardNumber', 'token']),
    };
    projectRecord('attempts', record, rows, state);
    return rows.attempts.get(attempt.attemptId);
  };
  const row = rowOf();
  expect(`${row?.requestBody}`).toBe('{"n":1,"Card-Number":"***","cut":"');
  expect(`${row?.responseBody}`).toBe('card_number=***&n=1');
  expect([row?.requestHeaders, row?.responseHeaders]).toEqual(['[["X-Auth-Token","***"]]', '[["set-cookie","***"]]']);
  expect(row?.requestTruncated).toBe(true);
  expect(rowOf()).toEqual(row);
  expect(attemptsV1.decode(record)).toEqual(sent);
});
