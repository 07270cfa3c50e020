export * from './builders.js';
export * from './database-schema.js';
export * from './fixed-clock.js';
export * from './kafka.js';
export * from './random.js';
export * from './receiver.js';
export * from './tcp-gate.js';
export * from './until.js';
