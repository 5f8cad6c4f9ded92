import { Stack, type StackProps } from 'aws-cdk-lib';
import { LambdaIntegration } from 'aws-cdk-lib/aws-apigateway';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { JwtAuthorizer } from '../authorizers/jwt-authorizer.ts';
import { KeywardFunction } from '../function.ts';
import type { IKeyward } from '../keyward-ref.ts';
import { ProtectedHttpApi } from '../protected-http-api.ts';
import { ProtectedRestApi } from '../protected-rest-api.ts';
import { ordersAudience, ordersRoutes } from './orders-routes.ts';

export interface OrdersStackProps extends StackProps {
  readonly keyward: IKeyward;
  /** @default the authorizer's */
  readonly cacheTtlSeconds?: number;
}

/** The demo: one backend behind a REST API and an HTTP API, both made of one route table. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);
    const backend = new KeywardFunction(this, 'Backend', {
      bundle: 'demo-orders',
      description: 'Keyward demo: the Orders API',
      memorySize: 256,
      timeoutSeconds: 5,
      environment: {},
    });
    const authorizer = new JwtAuthorizer(this, 'Authorizer', {
      keyward: props.keyward,
      audience: ordersAudience,
      routes: ordersRoutes,
      ...(props.cacheTtlSeconds === undefined ? {} : { cacheTtlSeconds: props.cacheTtlSeconds }),
    });
    new ProtectedRestApi(this, 'OrdersRest', {
      authorizer,
      integration: new LambdaIntegration(backend, {
        scopePermissionToMethod: false,
      }),
      challenge: { realm: 'orders', allowOrigin: '*' },
    });
    new ProtectedHttpApi(this, 'OrdersHttp', {
      authorizer,
      integration: new HttpLambdaIntegration('Orders', backend),
    });
  }
}
