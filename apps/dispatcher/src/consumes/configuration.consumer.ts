import type { Configuration } from '@hookstile/contracts';
import type { ConfigurationProjection } from '@hookstile/service-runtime';

/** Tells the lanes of an integration when its configuration changed. */
export class ConfigurationConsumer {
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly projection: ConfigurationProjection,
    private readonly onIntegration: (integrationId: string) => void,
  ) {}

  start(): void {
    this.unsubscribe = this.projection.onChange((configuration: Configuration) => {
      if (configuration.kind === 'integration') this.onIntegration(configuration.id);
    });
  }

  stop(): void {
    this.unsubscribe?.();
  }
}
