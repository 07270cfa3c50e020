import { runService } from '@hookstile/service-runtime';
import { eventIngestService } from './event-ingest.module.js';

await runService(eventIngestService);
