import { anIntegration } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { EqualParts, PARTS_MAX_COUNT } from './equal-parts.js';

const withUrl = (url: string) => anIntegration({ settings: { url } });
const withDelay = (delayMs: number) => {
  const { retry } = anIntegration().settings;
  return anIntegration({ settings: { retry: { ...retry, delaysMs: [delayMs] } } });
};

it('keeps what integrations have in common once, and changes nothing of them', () => {
  const parts = new EqualParts();
  const [first, second] = [parts.share(withUrl('https://a')), parts.share(withUrl('https://b'))];
  expect(first).toEqual(withUrl('https://a'));
  expect(second).toEqual(withUrl('https://b'));
  expect(second.settings.retry).toBe(first.settings.retry);
  expect(second.settings.request.body).toBe(first.settings.request.body);
});

it('tells apart what differs', () => {
  const parts = new EqualParts();
  const [first, second] = [parts.share(withDelay(1_000)), parts.share(withDelay(2_000))];
  expect([first, second]).toEqual([withDelay(1_000), withDelay(2_000)]);
  expect(second.settings.ordering).toBe(first.settings.ordering);
});

it('lets nobody write to what others have too', () => {
  const { settings } = new EqualParts().share(anIntegration());
  expect(() => Object.assign(settings.batch, { maxItems: 7 })).toThrow(TypeError);
  expect(() => Object.assign(settings.retry, { stopOn: [] })).toThrow(TypeError);
  expect(Object.isFrozen('delaysMs' in settings.retry && settings.retry.delaysMs)).toBe(true);
});

it('forgets what it knows rather than remember any number of parts, and keeps sharing', () => {
  const parts = new EqualParts();
  for (let delayMs = 0; delayMs < 3 * PARTS_MAX_COUNT; delayMs += 1) parts.share(withDelay(delayMs));
  const [first, second] = [parts.share(withUrl('https://a')), parts.share(withUrl('https://b'))];
  expect(second.settings.retry).toBe(first.settings.retry);
});
