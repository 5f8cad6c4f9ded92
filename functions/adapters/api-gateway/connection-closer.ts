import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionCloser } from '../../core/ports/connections.ts';
import { clientOptions } from '../aws/client-options.ts';

/** Ends connections through the callback URL of their stage. Throttling and 5xx are tried again by the SDK, twice. */
export function apiGatewayConnectionCloser(
  callbackUrl: string,
  options: ConstructorParameters<typeof ApiGatewayManagementApiClient>[0] = {},
): ConnectionCloser {
  const client = new ApiGatewayManagementApiClient({
    ...clientOptions,
    ...options,
    endpoint: callbackUrl,
  });
  return {
    async close(ConnectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId }));
        return 'closed';
      } catch (cause) {
        if (cause instanceof GoneException) return 'gone';
        throw cause;
      }
    },
  };
}
