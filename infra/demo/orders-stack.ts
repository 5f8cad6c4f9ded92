import { Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpLambdaIntegration,
  WebSocketLambdaIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { CombinedAuthorizer } from '../authorizers/combined-authorizer.ts';
import { KeywardFunction } from '../function.ts';
import type { IKeyward } from '../keyward-ref.ts';
import { MutualTlsDomain } from '../mutual-tls-domain.ts';
import { ProtectedHttpApi } from '../protected-http-api.ts';
import { ProtectedRestApi } from '../protected-rest-api.ts';
import { ProtectedWebSocketApi } from '../protected-websocket-api.ts';
import { ordersAudience, ordersRoutes } from './orders-routes.ts';

/** Where partners come in, with a certificate. */
export interface PartnersDomain {
  readonly domainName: string;
  readonly certificateArn: string;
  readonly truststore: string;
}

export interface OrdersStackProps extends StackProps {
  readonly keyward: IKeyward;
  /** @default the authorizer's */
  readonly revocationLagSeconds?: number;
  /** @default nobody comes with a certificate */
  readonly partners?: PartnersDomain;
}

/**
 * The demo: one backend behind a REST API, an HTTP API, a WebSocket API, and for partners a REST API on a domain with
 * mutual TLS; all made of one route table and one authorizer.
 */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);
    const { keyward, revocationLagSeconds, partners } = props;
    const backend = new KeywardFunction(this, 'Backend', {
      bundle: 'demo-orders',
      description: 'Keyward demo: the Orders API',
      memorySize: 256,
      timeoutSeconds: 5,
      environment: {},
    });
    const authorizer = new CombinedAuthorizer(this, 'Authorizer', {
      keyward,
      audience: ordersAudience,
      routes: ordersRoutes,
      ...(revocationLagSeconds === undefined ? {} : { revocationLagSeconds }),
      tiers: {
        default: { rateLimit: 10_000, burstLimit: 5_000 },
        trial: { rateLimit: 1, burstLimit: 2, dailyQuota: 1_000 },
      },
    });
    const integration = new LambdaIntegration(backend, { scopePermissionToMethod: false });
    const challenge = { realm: 'orders', allowOrigin: '*' };
    new ProtectedRestApi(this, 'OrdersRest', { authorizer, integration, challenge });
    new ProtectedHttpApi(this, 'OrdersHttp', {
      authorizer,
      integration: new HttpLambdaIntegration('Orders', backend),
    });
    new ProtectedWebSocketApi(this, 'OrdersEvents', {
      authorizer,
      integration: () => new WebSocketLambdaIntegration('Orders', backend),
    });
    if (partners === undefined) return;
    const { api } = new ProtectedRestApi(this, 'OrdersPartners', {
      ...{ authorizer, integration, challenge },
      // Here nobody would ask for a certificate.
      disableExecuteApiEndpoint: true,
    });
    new MutualTlsDomain(this, 'Partners', { ...partners, api });
  }
}
