import { fixedClock } from '@hookstile/testing';
import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../port/messaging-logger.js';
import { kafkajsLogCreator } from './kafkajs-logger.js';

describe('log lines of kafkajs', () => {
  const setUp = () => {
    const warnings: string[] = [];
    const clock = fixedClock();
    const logger = { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) };
    const write = kafkajsLogCreator(logger, clock.nowMs)(kafkajs.logLevel.WARN);
    const log = (message: string, fields: object = {}) =>
      write({
        namespace: 'Connection',
        level: kafkajs.logLevel.ERROR,
        label: 'ERROR',
        log: { message, timestamp: '', ...fields },
      });
    return { warnings, clock, log };
  };

  it('are not warnings when they belong to a rebalance', () => {
    const { warnings, log } = setUp();
    log('The group is rebalancing, re-joining');
    log('Response JoinGroup(key: 11, version: 5)', { error: 'The group member needs a valid member id' });
    expect(warnings).toEqual([]);
  });

  it('are not warnings when a leader does not know yet that it leads a new topic', () => {
    const { warnings, log } = setUp();
    log('Response ListOffsets(key: 2, version: 3)', {
      error: 'This server is not the leader for that topic-partition',
    });
    expect(warnings).toEqual([]);
  });

  it('are warned of once while they repeat, and again after ten seconds', () => {
    const { warnings, clock, log } = setUp();
    log('Connection error: refused');
    log('Connection error: refused');
    log('Connection timeout');
    clock.advance(10_000);
    log('Connection error: refused');
    expect(warnings).toEqual(['Connection error: refused', 'Connection timeout', 'Connection error: refused']);
  });
});
