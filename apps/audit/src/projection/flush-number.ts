/**
 * Flushes of several processes commit in any order, so a reader that remembers the highest number it saw would lose the
 * rows of a slower one. Each flush that writes attempts therefore shows, by advisory locks, that it is under way and
 * under which number; the reader goes only as far as the lowest of these (`tail.store.typeorm.ts`).
 *
 * Any two fixed numbers that nothing else in the database uses: the class of the lock that is taken before the number is
 * (with the schema's hash, so that two stacks in one database do not wait for each other), and the upper 24 bits of the
 * lock on the number itself.
 */
export const FLUSH_LOCK_CLASS = 48_162;
export const FLUSH_NUMBER_BITS = 40;
const FLUSH_NUMBER_SPACE = `(${FLUSH_LOCK_CLASS}::bigint << ${FLUSH_NUMBER_BITS})`;

/** The order matters: a number that is taken is always behind a lock that can be seen. Shared: nobody ever waits. */
export const TAKE_FLUSH_NUMBER = `select pg_advisory_xact_lock_shared(${FLUSH_LOCK_CLASS}, hashtext(current_schema()));
  select pg_advisory_xact_lock_shared(${FLUSH_NUMBER_SPACE} + nextval('attempt_flushes'))`;

/** The number that this session's transaction took. */
export const TAKEN_FLUSH_NUMBER = `currval('attempt_flushes')`;
