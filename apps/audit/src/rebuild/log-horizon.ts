import type { ProjectedTopic } from '../project/project-record.js';
import { CLOCKS_APART_MAX_MS } from './rebuild.bounds.js';

/** Where the log of a partition begins. */
export interface LogStart {
  topic: ProjectedTopic;
  partition: number;
  offset: number;
  /** When its first record was written, or, of an empty one, when it was looked at. */
  atMs: number;
}

/** What logs hold: a row whose time is not before their horizon was written by records that are all there still. */
export class LogHorizon {
  constructor(private readonly starts: readonly LogStart[]) {}

  /** As SQL: '-infinity' where nothing of these topics is gone. */
  of(...topics: ProjectedTopic[]): string {
    const cut = this.starts.filter(({ topic, offset }) => topics.includes(topic) && offset > 0);
    if (cut.length === 0) return `'-infinity'::timestamptz`;
    return timeSql(Math.max(...cut.map(({ atMs }) => atMs)) + CLOCKS_APART_MAX_MS);
  }

  /** As SQL: the first offset that the log of a row's partition holds. */
  startOf(topic: string, partition: string): string {
    const cut = this.starts.filter(({ offset }) => offset > 0);
    if (cut.length === 0) return '0';
    const branches = cut.map(
      (start) => `when ${topic} = '${start.topic}' and ${partition} = ${start.partition} then ${start.offset}`,
    );
    return `case ${branches.join(' ')} else 0 end`;
  }

  /** Topics of which something is gone. */
  get cut(): ReadonlySet<ProjectedTopic> {
    return new Set(this.starts.filter(({ offset }) => offset > 0).map(({ topic }) => topic));
  }
}

export function timeSql(ms: number): string {
  return `'${new Date(ms).toISOString()}'::timestamptz`;
}
