export * from './decider.js';
export * from './given.js';
export * from './refusal.error.js';
export * from './unreadable-domain-event.error.js';
export * from './upcasting.js';
