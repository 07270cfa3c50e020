/** The consumer group of all audit processes on one set of topics. */
export function auditGroupOf(topicPrefix: string): string {
  return `${topicPrefix}audit`;
}
