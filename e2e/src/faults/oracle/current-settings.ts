import type { Change, Evidence, Rule } from './evidence.types.ts';

/** How long a dispatcher may take to learn of a change that no event waits for. */
const LEARNED_WITHIN_MS = 5_000;

/** An event that is accepted after a change is sent under it or a later one, and so is any attempt some time after it. */
export const currentSettings: Rule = ({ changes, requests, integrations }: Evidence) => {
  const moves = changes.filter(({ to }) => to === 'moved');
  const movesOf = Map.groupBy(moves, ({ integrationId }) => integrationId);
  return requests.flatMap(({ integrationId, n, address, arrivedAtMs }) => {
    const due = (movesOf.get(integrationId) ?? []).filter((move) => isDue(move, n, arrivedAtMs)).at(-1)?.address ?? 0;
    if (address >= due) return [];
    const name = integrations.find(({ id }) => id === integrationId)?.name ?? integrationId;
    return [`${name}: event ${n} went to address ${address} although ${due} was acknowledged before`];
  });
};

const isDue = ({ laterFrom, acknowledgedAtMs }: Change, n: number, arrivedAtMs: number): boolean =>
  n >= laterFrom || arrivedAtMs > acknowledgedAtMs + LEARNED_WITHIN_MS;
