export { deleteRecordsBelow } from './kafkajs/delete-records.js';
export { deleteWithPrefix } from './kafkajs/delete-with-prefix.js';
