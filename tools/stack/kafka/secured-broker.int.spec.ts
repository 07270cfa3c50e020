import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectOptions, connectMessaging, type KafkaSecurity } from '@hookstile/messaging';
import { CertificateAuthority } from '@hookstile/testing/certificates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { endProcesses } from '../processes/end-processes.ts';
import { OwnedProcesses } from '../processes/owned-processes.ts';
import { Reaper } from '../processes/reaper.ts';
import { startBroker } from './broker.ts';

const START_TIMEOUT_MS = 180_000;
const USERNAME = 'hookstile';
const PASSWORD = 'correct-horse';
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const MODULES = 'org.apache.kafka.common.security';
const LOGIN = {
  plain: `${MODULES}.plain.PlainLoginModule required user_${USERNAME}="${PASSWORD}";`,
  'scram-sha-256': `${MODULES}.scram.ScramLoginModule required;`,
  'scram-sha-512': `${MODULES}.scram.ScramLoginModule required;`,
};

/** As a value of a properties file. */
const oneLine = (pem: string): string => pem.trim().replaceAll(/\r?\n/g, '\\n');

describe('a broker that wants TLS and a name', () => {
  let directory: string;
  let owned: OwnedProcesses;
  let reaper: Reaper;
  let ca: string;
  let port: number;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hookstile-secured-'));
    owned = new OwnedProcesses(directory);
    reaper = new Reaper(directory, { removeDirectory: true });
    const authority = await CertificateAuthority.create();
    ca = authority.cert;
    const { cert, key } = await authority.issue({ names: ['127.0.0.1'] });
    const [plainPort = 0, controllerPort = 0, securedPort = 0] = await freePorts(3);
    port = securedPort;
    const listeners = (name: string) => [
      `PLAINTEXT://127.0.0.1:${plainPort}`,
      `SECURED://127.0.0.1:${securedPort}`,
      name,
    ];
    await startBroker({
      directory: join(directory, 'kafka'),
      logFile: join(directory, 'kafka.log'),
      port: plainPort,
      controllerPort,
      owned,
      formatWith: ['256', '512'].flatMap((bits) => [
        '--add-scram',
        `SCRAM-SHA-${bits}=[name=${USERNAME},password=${PASSWORD}]`,
      ]),
      further: {
        listeners: listeners(`CONTROLLER://127.0.0.1:${controllerPort}`).join(),
        'advertised.listeners': listeners('')
          .filter((name) => name !== '')
          .join(),
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL',
        'listener.name.secured.ssl.keystore.type': 'PEM',
        'listener.name.secured.ssl.keystore.certificate.chain': oneLine(cert),
        'listener.name.secured.ssl.keystore.key': oneLine(key),
        'listener.name.secured.sasl.enabled.mechanisms': MECHANISMS.join().toUpperCase(),
        ...Object.fromEntries(
          MECHANISMS.map((name) => [`listener.name.secured.${name}.sasl.jaas.config`, LOGIN[name]]),
        ),
      },
    });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await endProcesses(owned.list());
    owned.forget();
    rmSync(directory, { recursive: true, force: true });
    await reaper.dismiss();
  });

  const connecting = (security: KafkaSecurity) => {
    const options: ConnectOptions = { brokers: [`127.0.0.1:${port}`], clientId: 'secured-test', security };
    return connectMessaging(options);
  };
  const sasl = { mechanism: 'scram-sha-512', username: USERNAME, password: PASSWORD } as const;

  it.each(MECHANISMS)('takes and gives records of who proves its name by %s', async (mechanism) => {
    const messaging = await connecting({ tls: { ca }, sasl: { ...sasl, mechanism } });
    const topic = `secured-${mechanism}`;
    await messaging.createTopics([{ name: topic, partitions: 1 }], 1);
    const publisher = await messaging.publisher({ name: 'secured' });
    await publisher.publish([{ topic, partition: 0, key: 'k', value: Buffer.from('v'), headers: {} }]);
    const values: string[] = [];
    await messaging.readRange({
      topic,
      partition: 0,
      from: 0,
      to: 1,
      onRecords: (records) => void values.push(...records.map(({ value }) => String(value))),
    });
    expect(values).toEqual(['v']);
    await messaging.close();
  });

  it(
    'is not connected to with another password, without a name, without TLS, or by another authority',
    async () => {
      const stranger = await CertificateAuthority.create();
      const wrong: KafkaSecurity[] = [
        { tls: { ca }, sasl: { ...sasl, password: 'wrong' } },
        { tls: { ca }, sasl: null },
        { tls: null, sasl },
        { tls: { ca: stranger.cert }, sasl },
        { tls: { ca: null }, sasl },
      ];
      for (const security of wrong)
        await expect(connecting(security)).rejects.toMatchObject({ code: 'broker_unavailable' });
    },
    START_TIMEOUT_MS,
  );
});
