import { runService } from '@hookstile/service-runtime';
import { auditService } from './audit.module.js';

await runService(auditService);
