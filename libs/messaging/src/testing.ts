export { deleteRecordsBelow } from './kafkajs/delete-records.js';
export { deleteWithPrefix } from './kafkajs/delete-with-prefix.js';
export { type Codec, gzipBomb, type PackedBatch, publishPacked } from './kafkajs/packed-records.js';
