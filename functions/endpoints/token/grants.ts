import type { Grant } from '../../core/tokens/grant-type.ts';
import { clientCredentials } from '../../grants/client-credentials/grant.ts';

/** The grants that this issuer offers. The token endpoint serves them, the metadata documents name them. */
export const grants: readonly Grant[] = [clientCredentials];
