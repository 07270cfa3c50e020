import type { LONG_SCENARIOS } from '../options.ts';

export const MEBIBYTE = 1024 * 1024;

/** One measured number and, where the project wants something of it, what. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  digits: number;
  wanted?: { atMost: number } | { atLeast: number };
}

export interface FiguresResult {
  scenario: (typeof LONG_SCENARIOS)[number];
  /** What was done, in a few words. */
  title: string;
  figures: Figure[];
}

export function figure(name: string, value: number, unit: string, digits = 0, wanted?: Figure['wanted']): Figure {
  return { name, value, unit, digits, ...(wanted ? { wanted } : {}) };
}

export function isMet({ value, wanted }: Figure): boolean {
  if (wanted === undefined) return true;
  return 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
}
