/**
 * `node --import @hookstile/service-runtime/telemetry main.js`: starts telemetry before the service's own modules are
 * loaded, because instrumentation patches modules as they load. Without an endpoint and a metrics port nothing is
 * loaded at all.
 */
import { telemetrySettings } from './settings.js';

const settings = telemetrySettings(process.env, process.argv[1] ?? '');

if (settings.traces) await (await import('./start-traces.js')).startTraces(settings);
if (settings.pushMetrics || settings.metricsPort !== null) {
  await (await import('./start-metrics.js')).startMetrics(settings);
}
