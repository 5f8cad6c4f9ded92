import { type App, Stack } from 'aws-cdk-lib';
import {
  BasePathMapping,
  type CfnRestApi,
  DomainName,
  type RestApiProps,
} from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  CfnApiMapping,
  HttpApi,
  DomainName as HttpDomainName,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { defineRoutes, publicRoute, requires } from '../../functions/core/routes/route-policy.ts';
import { consumer, httpConsumer, restConsumer } from './consumer.ts';

const routes = defineRoutes({
  'GET /healthz': publicRoute(),
  'GET /partners/me': requires({ schemes: ['certificate'] }),
});
const domainName = 'partners.example.com';

/** What a domain is made of, in a stack of its own. */
function parts(app: App, isMutual = true) {
  const stack = new Stack(app, 'Domains');
  const arn = 'arn:aws:acm:us-east-1:123456789012:certificate/x';
  const bucket = Bucket.fromBucketName(stack, 'Truststore', 'truststore');
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', arn);
  return {
    stack,
    domainName,
    certificate,
    ...(isMutual ? { mtls: { bucket, key: 'ca.pem' } } : {}),
  };
}

const open = (api: string, domain = 'Domains/Domain') =>
  `${domain}/Resource wants client certificates, and the default endpoint of ${api}/Resource wants none: set disableExecuteApiEndpoint, or GET /healthz, GET /partners/me can be called without one`;

describe('a domain with mutual TLS before a REST API whose default endpoint is open', () => {
  function rest(props: RestApiProps = {}) {
    const world = restConsumer(routes, {}, props);
    world.addAll();
    return world;
  }

  test('fails synth by the names of what is open', () => {
    const { app, api, problem } = rest();
    const { stack, ...made } = parts(app);
    new DomainName(stack, 'Domain', made).addBasePathMapping(api);
    expect(problem()).toContain(open('Consumer/Api'));
  });

  test('fails synth when the mapping is of the second version', () => {
    const { app, api, problem } = rest();
    const { stack, ...made } = parts(app);
    const domain = new DomainName(stack, 'Domain', made);
    const { restApiId: apiId, deploymentStage } = api;
    new CfnApiMapping(stack, 'Mapping', {
      ...{ apiId, domainName: domain.domainName, apiMappingKey: 'orders/v1' },
      stage: deploymentStage.stageName,
    });
    expect(problem()).toContain(open('Consumer/Api'));
  });

  test('fails synth when the mapping knows the domain by its name alone', () => {
    const { app, stack: own, api, problem } = rest();
    const { stack, ...made } = parts(app);
    new DomainName(stack, 'Domain', made);
    new BasePathMapping(own, 'Mapping', {
      restApi: api,
      domainName: DomainName.fromDomainNameAttributes(own, 'Imported', {
        ...{ domainName, domainNameAliasHostedZoneId: 'Z1', domainNameAliasTarget: 'd.example' },
      }),
    });
    expect(problem()).toContain(open('Consumer/Api'));
  });

  test.each<[string, (cfn: CfnRestApi) => void]>([
    [
      'a property',
      (cfn) => {
        cfn.disableExecuteApiEndpoint = true;
      },
    ],
    ['an override', (cfn) => cfn.addPropertyOverride('DisableExecuteApiEndpoint', true)],
  ])('passes when %s closes the endpoint', (_how, close) => {
    const { app, api, problem } = rest();
    const { stack, ...made } = parts(app);
    new DomainName(stack, 'Domain', made).addBasePathMapping(api);
    close(api.node.defaultChild as CfnRestApi);
    expect(problem()).toBeUndefined();
  });

  test('is no matter of a domain without certificates, nor of one before another API', () => {
    const plain = rest();
    const { stack, ...made } = parts(plain.app, false);
    new DomainName(stack, 'Domain', made).addBasePathMapping(plain.api);
    expect(plain.problem()).toBeUndefined();

    const other = rest();
    const { stack: domains, ...mutual } = parts(other.app);
    const domain = new HttpDomainName(domains, 'Domain', mutual);
    const api = new HttpApi(domains, 'Api', { createDefaultStage: false });
    const stage = api.addStage('Live', { stageName: '$default' });
    new ApiMapping(domains, 'Mapping', { api, domainName: domain, stage });
    expect(other.problem()).toBeUndefined();
  });
});

describe('a domain with mutual TLS before an HTTP API', () => {
  test('fails synth by the names of what is open', () => {
    const { app, api, addAll, problem } = httpConsumer(routes);
    addAll();
    const { stack, ...made } = parts(app);
    const domain = new HttpDomainName(stack, 'Domain', made);
    new ApiMapping(stack, 'Mapping', { api, domainName: domain });
    expect(problem()).toContain(open('Consumer/Api'));
  });

  test('passes when the default endpoint is closed', () => {
    const { app, stack: own, authorizer, problem } = consumer(routes);
    const { stack, ...made } = parts(app);
    const domain = new HttpDomainName(stack, 'Domain', made);
    const api = new HttpApi(own, 'Api', {
      disableExecuteApiEndpoint: true,
      defaultDomainMapping: { domainName: domain },
    });
    authorizer.guardHttpApi(api);
    expect(problem()).not.toContain('client certificates');
  });
});
