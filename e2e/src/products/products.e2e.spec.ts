import { afterAll, beforeAll, it } from 'vitest';
import { defensX } from './defensx.js';
import { beginSlowRetries, metaAccess } from './metaaccess.js';
import { netography } from './netography.js';
import { ProductsWorld } from './products-world.js';
import { safous } from './safous.js';

let world: ProductsWorld;
let slowRetriesEnd: () => Promise<void>;

beforeAll(async () => {
  world = await ProductsWorld.start();
  slowRetriesEnd = await beginSlowRetries(world);
});

afterAll(() => world?.stop());

metaAccess(() => world);
defensX(() => world);
netography(() => world);
safous(() => world);

// Begun before the others, so that its 64 seconds pass while they run.
it('metaaccess really waits: "will retry 2 times after 4 seconds and 1 min"', () => slowRetriesEnd());
