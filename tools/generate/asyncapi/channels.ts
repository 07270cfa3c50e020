import {
  AttemptRecord,
  Configuration,
  Decision,
  DeliveryEnvelope,
  DiscardedRecord,
  DomainEventRecord,
  EpochRecord,
  HeldRecord,
  IntegrationSignal,
  RecoveryRecord,
  RedeliveryEnvelope,
  Routing,
  type TopicName,
} from '@hookstile/contracts';
import type { ChannelMessage } from './channel-message.ts';
import { CLOUD_EVENT_MESSAGES } from './cloud-event-messages.ts';

/** A service that reads a topic: as a member of a group, or all of it for itself. */
export interface Reader {
  name: string;
  /** Without the topics' prefix. */
  group: string | null;
}

export interface Channel {
  topic: TopicName;
  key: string;
  description: string;
  writtenBy: readonly string[];
  readBy: readonly Reader[];
  messages: Readonly<Record<string, ChannelMessage>>;
}

const carriedIn = (where: string, schemas: Record<string, unknown>): Record<string, ChannelMessage> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, payload]) => [
      name,
      { summary: `JSON in the ${where}`, contentType: 'application/json', payload },
    ]),
  );
const inValue = (schemas: Record<string, unknown>) => carriedIn('value', schemas);
const inHeader = (schemas: Record<string, unknown>) => carriedIn('header hookstile-envelope', schemas);

const AUDIT: Reader = { name: 'audit', group: 'audit' };
const wholeBy = (...names: string[]): Reader[] => names.map((name) => ({ name, group: null }));

export const CHANNELS: readonly Channel[] = [
  {
    topic: 'events',
    writtenBy: ['front door', 'config', 'platform producers'],
    readBy: [{ name: 'router', group: 'router' }],
    key: 'any; the tenant is usual',
    description:
      'CloudEvents 1.0 records in binary or structured mode with the extension `tenantid`, written by the front door and by platform producers, and by config, which tells tenants of their integrations (types `hookstile.integration.*`, source `hookstile:/config`). The value is the data.',
    messages: CLOUD_EVENT_MESSAGES,
  },
  {
    topic: 'routings',
    writtenBy: ['router'],
    readBy: [AUDIT],
    key: 'the tenant',
    description: 'What the router found in each record of `events`.',
    messages: inValue({ Routing }),
  },
  {
    topic: 'configuration',
    writtenBy: ['config'],
    readBy: wholeBy('front door', 'router', 'dispatcher', 'audit'),
    key: 'kind and id',
    description: 'The newest state of each tenant, API key, integration and decision rule; compacted, one partition.',
    messages: inValue({ Configuration }),
  },
  {
    topic: 'domain-events',
    writtenBy: ['config'],
    readBy: [AUDIT],
    key: 'the aggregate',
    description: 'Recorded facts of the config service, kept for ever.',
    messages: inValue({ DomainEventRecord }),
  },
  {
    topic: 'deliveries',
    writtenBy: ['router'],
    readBy: [{ name: 'dispatcher', group: 'dispatcher' }, AUDIT],
    key: 'the integration',
    description: 'Events bound for one integration each. The value is the data as the producer sent it.',
    messages: inHeader({ DeliveryEnvelope }),
  },
  {
    topic: 'redeliveries',
    writtenBy: ['audit'],
    readBy: [{ name: 'redelivery router', group: 'redelivery-router' }, AUDIT],
    key: 'the integration',
    description:
      'Ended deliveries that an admin wants sent once more; the value is the data as the producer sent it. Between them, that a recovery of many was started or stopped: JSON in the value.',
    messages: { ...inHeader({ RedeliveryEnvelope }), ...inValue({ RecoveryRecord }) },
  },
  {
    topic: 'attempts',
    writtenBy: ['dispatcher'],
    readBy: [AUDIT, ...wholeBy('dispatcher')],
    key: 'the integration',
    description: "The journal. An attempt's value is the request's body followed by the response's.",
    messages: inHeader({ AttemptRecord, HeldRecord, DiscardedRecord, EpochRecord }),
  },
  {
    topic: 'integration-signals',
    writtenBy: ['dispatcher'],
    readBy: [{ name: 'config', group: 'config' }, AUDIT],
    key: 'the integration',
    description: 'What a dispatcher tells config of an integration.',
    messages: inValue({ IntegrationSignal }),
  },
  {
    topic: 'decisions',
    writtenBy: ['dispatcher'],
    readBy: [AUDIT],
    key: 'the decision rule',
    description: 'What was decided under each decision rule, and why.',
    messages: inValue({ Decision }),
  },
];
