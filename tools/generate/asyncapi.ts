import {
  AttemptRecord,
  Configuration,
  DEFAULT_TOPIC_PREFIX,
  Decision,
  DeliveryEnvelope,
  DiscardedRecord,
  DomainEventRecord,
  EpochRecord,
  EventAttributes,
  HeldRecord,
  IntegrationSignal,
  RedeliveryEnvelope,
  Routing,
  type TopicName,
  topicName,
} from '@hookstile/contracts';
import { stringify } from 'yaml';

interface Channel {
  topic: TopicName;
  key: string;
  description: string;
  messages: Record<string, unknown>;
  /** Where the schema's JSON stands in the record. */
  carriedIn: 'value' | 'header hookstile-envelope' | 'headers ce_*';
}

const CHANNELS: readonly Channel[] = [
  {
    topic: 'events',
    key: 'any; the tenant is usual',
    description:
      'CloudEvents 1.0 records in binary or structured mode with the extension `tenantid`, written by the front door and by platform producers, and by config, which tells tenants of their integrations (types `hookstile.integration.*`, source `hookstile:/config`). The value is the data.',
    messages: { EventAttributes },
    carriedIn: 'headers ce_*',
  },
  {
    topic: 'routings',
    key: 'the tenant',
    description: 'What the router found in each record of `events`.',
    messages: { Routing },
    carriedIn: 'value',
  },
  {
    topic: 'configuration',
    key: 'kind and id',
    description: 'The newest state of each tenant, API key, integration and decision rule; compacted, one partition.',
    messages: { Configuration },
    carriedIn: 'value',
  },
  {
    topic: 'domain-events',
    key: 'the aggregate',
    description: 'Recorded facts of the config service, kept for ever.',
    messages: { DomainEventRecord },
    carriedIn: 'value',
  },
  {
    topic: 'deliveries',
    key: 'the integration',
    description: 'Events bound for one integration each. The value is the data as the producer sent it.',
    messages: { DeliveryEnvelope },
    carriedIn: 'header hookstile-envelope',
  },
  {
    topic: 'redeliveries',
    key: 'the integration',
    description: 'Ended deliveries that an admin wants sent once more. The value is the data as the producer sent it.',
    messages: { RedeliveryEnvelope },
    carriedIn: 'header hookstile-envelope',
  },
  {
    topic: 'attempts',
    key: 'the integration',
    description: "The journal. An attempt's value is the request's body followed by the response's.",
    messages: { AttemptRecord, HeldRecord, DiscardedRecord, EpochRecord },
    carriedIn: 'header hookstile-envelope',
  },
  {
    topic: 'integration-signals',
    key: 'the integration',
    description: 'What a dispatcher tells config of an integration.',
    messages: { IntegrationSignal },
    carriedIn: 'value',
  },
  {
    topic: 'decisions',
    key: 'the decision rule',
    description: 'What was decided under each decision rule, and why.',
    messages: { Decision },
    carriedIn: 'value',
  },
];

function channelOf(channel: Channel): Record<string, unknown> {
  const messages = Object.entries(channel.messages).map(([name, payload]) => [
    name,
    { summary: `JSON in the ${channel.carriedIn}`, contentType: 'application/json', payload },
  ]);
  return {
    address: topicName(DEFAULT_TOPIC_PREFIX, channel.topic),
    description: channel.description,
    messages: Object.fromEntries(messages),
    bindings: { kafka: { topic: topicName(DEFAULT_TOPIC_PREFIX, channel.topic), 'x-key': channel.key } },
  };
}

/** AsyncAPI 3 of the topics, from the contracts' schemas. */
export function asyncApi(version: string): string {
  return stringify(
    {
      asyncapi: '3.0.0',
      info: {
        title: 'Hookstile topics',
        version,
        description: 'Generated from libs/contracts by `npm run generate`. Platform producers write to `events` only.',
      },
      defaultContentType: 'application/json',
      channels: Object.fromEntries(CHANNELS.map((channel) => [channel.topic, channelOf(channel)])),
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}
