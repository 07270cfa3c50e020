import { Matches } from 'class-validator';
import { MASKED_NAMES_DEFAULT } from '../payloads/secret-names.js';
import { BaseEnv } from './base.env.js';
import { Setting } from './setting.js';

/** What services read that show payloads. */
export class PayloadMaskEnv extends BaseEnv {
  @Setting({
    description:
      'Members of JSON, form fields and words of header names whose values the event log masks; case, dashes and underscores do not matter. Empty: only headers such as Authorization.',
  })
  @Matches(/^[A-Za-z0-9_-]*[A-Za-z0-9][A-Za-z0-9_-]*$/, {
    each: true,
    message: 'each item must be letters, digits, dashes and underscores',
  })
  HOOKSTILE_MASKED_NAMES: string[] = [...MASKED_NAMES_DEFAULT];
}
