import type { InputErrors } from '../input/input-errors.js';
import type { SecretSealer } from './secret-sealer.js';

/** Where a request's `headers` and `auth` stand in an input, and what takes their secrets and what is wrong with them. */
export interface InputPlace {
  /** JSON pointer to the object that holds them: `/request` of an integration, empty where they stand at the top. */
  pointer: string;
  sealer: SecretSealer;
  errors: InputErrors;
}
