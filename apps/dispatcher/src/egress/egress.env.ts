import { PayloadMaskEnv, Setting } from '@hookstile/service-runtime';
import { IsBoolean, IsOptional, Matches } from 'class-validator';

const DNS_SERVER = /^([0-9.]+(:\d{1,5})?|[0-9a-fA-F:]+|\[[0-9a-fA-F:]+\](:\d{1,5})?)$/;
const PROXY_URL = /^(https?|socks5):\/\/[^\s/?#]+\/?$/;

/** Where webhooks, decisions and token endpoints may be, and which way leads there. */
export class EgressEnv extends PayloadMaskEnv {
  @Setting({
    description:
      'CIDRs, addresses and host names that are never reached, over HOOKSTILE_EGRESS_ALLOW; `.example.com` stands for all names below it.',
  })
  HOOKSTILE_EGRESS_DENY: string[] = [];

  @Setting({ description: 'Ports of the deny-list (docs/egress.md) that may be reached all the same.' })
  @Matches(/^\d{1,5}$/, { each: true, message: 'each item must be a port' })
  HOOKSTILE_EGRESS_ALLOW_PORTS: string[] = [];

  @Setting({
    description:
      'DNS servers that resolve the names of webhooks, address or address:port; by default those of the machine, behind its hosts file.',
  })
  @Matches(DNS_SERVER, { each: true, message: 'each item must be an IP address, or address:port' })
  HOOKSTILE_EGRESS_DNS: string[] = [];

  @Setting({
    description:
      'Proxy for all of that: http:// or https:// (CONNECT), or socks5://, with user:password@ where it asks.',
    secret: true,
  })
  @IsOptional()
  @Matches(PROXY_URL, { message: 'must be a URL http://, https:// or socks5://user:password@host:port' })
  HOOKSTILE_EGRESS_PROXY = '';

  @Setting({
    description:
      'The proxy resolves names, and alone keeps them from leading to what is not public. By default Hookstile does both.',
  })
  @IsBoolean()
  HOOKSTILE_EGRESS_PROXY_RESOLVES = false;

  @Setting({ description: "Where OpenTelemetry's exporters send; no webhook can be there." })
  OTEL_EXPORTER_OTLP_ENDPOINT = '';
}
