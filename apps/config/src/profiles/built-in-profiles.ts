import defensx from './defensx.v1.json' with { type: 'json' };
import metaaccess from './metaaccess.v1.json' with { type: 'json' };
import netography from './netography.v1.json' with { type: 'json' };
import { ProfileCatalog } from './profile-catalog.js';
import safous from './safous.v1.json' with { type: 'json' };
import standardWebhooks from './standard-webhooks.v1.json' with { type: 'json' };

/** A file is never changed once it was released: a later version is a file of its own beside it. */
export const PROFILE_FILES: readonly unknown[] = [standardWebhooks, metaaccess, defensx, netography, safous];

export const BUILT_IN_PROFILES = new ProfileCatalog(PROFILE_FILES);
