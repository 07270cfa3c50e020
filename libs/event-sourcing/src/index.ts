export * from './decider.js';
export * from './given.js';
export * from './refusal.error.js';
