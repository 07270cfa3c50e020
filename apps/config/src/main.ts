import { runService } from '@hookstile/service-runtime';
import { configService } from './config.module.js';

await runService(configService);
