/** One kind of record: where its JSON stands, and the schema of it. */
export interface ChannelMessage {
  summary: string;
  contentType: string;
  headers?: unknown;
  payload: unknown;
}
