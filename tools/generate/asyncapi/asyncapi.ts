import { DEFAULT_PARTITION_COUNT, DEFAULT_TOPIC_PREFIX, topicName } from '@hookstile/contracts';
import { topicDefinitions } from '@hookstile/messaging';
import { stringify } from 'yaml';
import type { ChannelMessage } from './channel-message.ts';
import { CHANNELS, type Channel } from './channels.ts';

const BINDING_VERSION = '0.5.0';
/** What `npm start` makes on its one broker; production makes three. */
const REPLICAS = 1;
/** Settings that AsyncAPI has as a list or as numbers; the rest stay the texts that Kafka takes. */
const NUMBERS = new Set(['retention.ms', 'delete.retention.ms', 'min.insync.replicas', 'max.compaction.lag.ms']);

const kafka = (binding: object) => ({ kafka: { ...binding, bindingVersion: BINDING_VERSION } });
const addressOf = ({ topic }: Channel) => topicName(DEFAULT_TOPIC_PREFIX, topic);

function configurationOf(settings: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(settings).map(([name, value]) => {
    if (name === 'cleanup.policy') return [name, value.split(',')];
    return [name, NUMBERS.has(name) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function messageOf(channel: Channel, message: ChannelMessage): Record<string, unknown> {
  return { ...message, bindings: kafka({ key: { type: 'string', description: channel.key } }) };
}

function channelOf(channel: Channel): Record<string, unknown> {
  const address = addressOf(channel);
  const definition = topicDefinitions(DEFAULT_TOPIC_PREFIX, DEFAULT_PARTITION_COUNT).find(
    ({ name }) => name === address,
  );
  if (!definition) throw new Error(`there is no topic ${address}`);
  const { partitions, settings = {} } = definition;
  const topicConfiguration = configurationOf(settings);
  const messages = Object.entries(channel.messages).map(([name, message]) => [name, messageOf(channel, message)]);
  return {
    address,
    description: channel.description,
    messages: Object.fromEntries(messages),
    bindings: kafka({ topic: address, partitions, replicas: REPLICAS, topicConfiguration }),
  };
}

/** Upper camel case, as operations' names are made of several words. */
const camel = (text: string) => text.replace(/(?:^|[ -])(\w)/g, (_, letter: string) => letter.toUpperCase());

function operationsOf(channel: Channel): [string, object][] {
  const reference = { channel: { $ref: `#/channels/${channel.topic}` } };
  const name = camel(channel.topic);
  const writes = channel.writtenBy.map((writer): [string, object] => [
    `write${name}By${camel(writer)}`,
    { action: 'send', ...reference, summary: `Written by ${writer}` },
  ]);
  const reads = channel.readBy.map(({ name: reader, group }): [string, object] => {
    const groupId = group === null ? null : { type: 'string', const: `${DEFAULT_TOPIC_PREFIX}${group}` };
    const summary = groupId ? `Read by ${reader}` : `Read by ${reader}, each process for itself and without a group`;
    return [
      `read${name}By${camel(reader)}`,
      { action: 'receive', ...reference, summary, ...(groupId && { bindings: kafka({ groupId }) }) },
    ];
  });
  return [...writes, ...reads];
}

/** AsyncAPI 3 of the topics, from the contracts' schemas and the settings that topics are created with. */
export function asyncApi(version: string): string {
  return stringify(
    {
      asyncapi: '3.0.0',
      info: {
        title: 'Hookstile topics',
        version,
        description:
          'Generated from libs/contracts and libs/messaging by `npm run generate`, with the defaults of prefix, partitions, replicas and retention. Platform producers write to `events` only.',
      },
      defaultContentType: 'application/json',
      channels: Object.fromEntries(CHANNELS.map((channel) => [channel.topic, channelOf(channel)])),
      operations: Object.fromEntries(CHANNELS.flatMap(operationsOf)),
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}
