import { expect, test, vi } from 'vitest';
import { AbortLinks } from './abort-links.js';

test('aborts all that are linked, and none that was removed', () => {
  const links = new AbortLinks();
  const { signal, abort } = ((controller) => ({
    signal: controller.signal,
    abort: () => controller.abort(),
  }))(new AbortController());
  const [first, second, removed] = [{ abort: vi.fn() }, { abort: vi.fn() }, { abort: vi.fn() }];
  for (const abortable of [first, second, removed]) links.add(signal, abortable);
  links.remove(signal, removed);
  abort();
  expect(first.abort).toHaveBeenCalledOnce();
  expect(second.abort).toHaveBeenCalledOnce();
  expect(removed.abort).not.toHaveBeenCalled();
});

test('listens once to a signal, however many are linked', () => {
  const links = new AbortLinks();
  const { signal } = new AbortController();
  const listen = vi.spyOn(signal, 'addEventListener');
  for (let i = 0; i < 100; i += 1) links.add(signal, { abort: () => undefined });
  expect(listen).toHaveBeenCalledOnce();
});
