import { accounted } from './accounted.ts';
import { counted } from './counted.ts';
import { currentSettings } from './current-settings.ts';
import type { Evidence, Finding, Rule } from './evidence.types.ts';
import { frozen } from './frozen.ts';
import { ordered } from './ordered.ts';
import { fenced, numberedOn, repeatedAfterOutcome, unjournaledWithoutFault } from './repeated.ts';
import { stopped } from './stopped.ts';

/** What must hold after whatever fault; the names are what a run prints. */
export const RULES: Readonly<Record<string, Rule>> = {
  'every acknowledged event is accounted for': accounted,
  'first successes come in order': ordered,
  'no attempt starts after the stop': stopped,
  'attempts use the current settings': currentSettings,
  'counters equal rows': counted,
  'nothing is sent again once its end is journaled': repeatedAfterOutcome,
  'requests outside the journal are of attempts that a fault cut off': unjournaledWithoutFault,
  'a batch that failed keeps its members': frozen,
  'a former owner starts no attempt': fenced,
  'attempts are numbered on': numberedOn,
};

export function judge(evidence: Evidence): Finding[] {
  return Object.entries(RULES).flatMap(([rule, check]) => check(evidence).map((what) => ({ rule, what })));
}
