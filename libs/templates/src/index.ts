export * from './parameters/body-parts.js';
export * from './parameters/fill-in.js';
export * from './parameters/parameter-names.js';
export * from './parameters/parameter-text.js';
export * from './parameters/parameter-values.js';
export * from './places.js';
