import { runServices, startService } from '@hookstile/service-runtime';
import { SERVICES } from './all-in-one.module.js';
import { serviceEnvironment } from './service-environment.js';

await runServices('all-in-one', () =>
  SERVICES.map(({ definition, portOffset }) => startService(definition, serviceEnvironment(process.env, portOffset))),
);
