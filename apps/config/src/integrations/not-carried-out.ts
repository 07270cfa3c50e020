import type { InputErrors } from '../input/input-errors.js';
import type { IntegrationDto } from './integration.dto.js';

/** What the public surface names and this release does not do. To accept it and not do it would be worse than to say so. */
export function refuseWhatIsNotCarriedOut({ filter = [] }: IntegrationDto, errors: InputErrors): void {
  if (filter.length === 0) return;
  errors.add('/filter', 'not_supported', 'filter is not supported yet; leave it out or give [].');
}
