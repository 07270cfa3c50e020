import { Refusal } from '@hookstile/event-sourcing';
import { FakeEventStore } from '@hookstile/event-store';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { AGGREGATES } from './aggregates.js';
import { anyCommand } from './any-commands.fake.js';
import { Changes } from './changes.js';
import { SYSTEM_ORIGIN } from './origin.js';

const RUNS = 200;
const COMMANDS_MAX = 60;
const STREAM_MAX = COMMANDS_MAX * 2;

it('whatever commands are given: each row of a read model is the fold of its domain events', async () => {
  let folded = 0;
  const property = fc.asyncProperty(
    fc.array(anyCommand, { maxLength: COMMANDS_MAX, size: 'max' }),
    async (commands) => {
      const events = new FakeEventStore();
      const readModels = new FakeReadModelStore();
      const changes = new Changes(events, readModels, { published: async () => true, waiting: 0 }, 3, fakeTenantKeys());
      for (const { carryOut } of commands) {
        await changes.run(SYSTEM_ORIGIN, carryOut).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
        });
      }
      for (const id of new Set(commands.map(({ on }) => on))) {
        for (const { name, kind, fold } of AGGREGATES) {
          const stream = fold(id);
          for (const stored of await events.read({ aggregate: name, id }, 0, STREAM_MAX)) stream.take(stored);
          const made = stream.readModelRow();
          const { hash: _, ...row } = made ?? {};
          expect((await readModels.get(made?.tenantId ?? id, kind, id)) ?? {}).toEqual(row);
          folded += stream.state.version;
        }
      }
    },
  );
  await fc.assert(property, { numRuns: RUNS });
  expect(folded).toBeGreaterThan(RUNS);
});
