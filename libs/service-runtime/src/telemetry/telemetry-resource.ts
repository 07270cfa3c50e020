import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_NAMESPACE } from '@opentelemetry/semantic-conventions';

const NAMESPACE = 'hookstile';

/** What every span and measurement says of its process. */
export function telemetryResource(serviceName: string): Resource {
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector, hostDetector] }))
    .merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAME]: serviceName,
        [ATTR_SERVICE_NAMESPACE]: NAMESPACE,
        'process.pid': process.pid,
      }),
    );
}
