import { parseOptionalBody } from '@hookstile/service-runtime';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { EVENT_TYPE_MAX_CHARACTERS } from './trial.bounds.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$/u;

export class TrialDto {
  @IsOptional()
  @IsString()
  @Length(1, EVENT_TYPE_MAX_CHARACTERS)
  @Matches(NO_CONTROL_CHARACTERS, { message: 'eventType must not hold control characters' })
  eventType?: string | null;
}

/** `{eventType?}`; no body asks for the default. Throws `invalid`. */
export function trialInputOf(body: unknown): { eventType: string | null } {
  return { eventType: parseOptionalBody(TrialDto, body).eventType ?? null };
}
