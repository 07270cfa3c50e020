import { runService } from '@hookstile/service-runtime';
import { dispatcherService } from './dispatcher.module.js';

await runService(dispatcherService);
