/** The data plane of one HTTP API. */
import { randomBytes } from 'node:crypto';
import type { HttpApiSpec, HttpAuthorizerSpec, HttpRouteSpec, StageSpec } from './api-spec.ts';
import { type AuthorizerOutcome, gatewayAuthorizer } from './authorizer.ts';
import { authorizerVariables } from './authorizer-variables.ts';
import { callBackend } from './call-backend.ts';
import { enteredAt } from './entrance.ts';
import { eventV1, type RestRouted } from './event-v1.ts';
import { eventV2, type HttpRouted, httpApiBody } from './event-v2.ts';
import { type GatewayAnswer, jsonAnswer, send } from './gateway-answer.ts';
import { authorizerTimeoutMilliseconds, type CachingGatewayOptions } from './gateway-options.ts';
import { type GatewayRequest, headerValues, readRequest } from './gateway-request.ts';
import { preflight, withCors } from './http-cors.ts';
import type { HttpProxySpec } from './http-proxy-spec.ts';
import { identityValues, parseIdentitySource } from './identity-source.ts';
import { parseLambdaAnswer } from './lambda-answer.ts';
import type { RequestHandler } from './listener.ts';
import { routeMatcher } from './match-route.ts';
import { within } from './within.ts';

export function httpApi(spec: HttpApiSpec, options: CachingGatewayOptions): RequestHandler {
  const { functions, log, domainName, nowMilliseconds = Date.now } = options;
  const arn = `arn:aws:execute-api:${spec.region}:${spec.accountId}:${spec.apiId}`;
  const match = routeMatcher(
    spec.routes
      .filter(({ routeKey }) => routeKey !== '$default')
      .map((route) => {
        const [method = '', template = ''] = route.routeKey.split(' ');
        return { method, template, target: route };
      }),
  );
  const fallback = spec.routes.find(({ routeKey }) => routeKey === '$default');
  const authorizers = new Map(
    [...new Map(spec.routes.map((route) => [route.authorizer?.authorizerId, route.authorizer]))]
      .map(([, authorizer]) => authorizer)
      .filter((authorizer) => authorizer !== undefined)
      .map((authorizer) => [authorizer.authorizerId, authorizerOf(authorizer)]),
  );

  return async (incoming, response, entrance) => {
    const requestId = `${randomBytes(11).toString('base64url')}=`;
    const request = await readRequest(incoming, nowMilliseconds, entrance);
    if (request === 'aborted') {
      response.destroy();
      return;
    }
    const answer = typeof request === 'string' ? unreadable(request) : await answerOf(request);
    send(response, { ...answer, headers: [...answer.headers, ['apigw-requestid', requestId]] });

    async function answerOf(read: GatewayRequest): Promise<GatewayAnswer> {
      if (spec.cors === undefined) return route(read, requestId);
      const { cors } = spec;
      return preflight(cors, read) ?? withCors(cors, read, await route(read, requestId));
    }
  };

  async function route(request: GatewayRequest, requestId: string): Promise<GatewayAnswer> {
    const addressed = enteredAt(spec.stages, request) ?? stageOf(spec.stages, request.rawPath);
    if (addressed === undefined) return notFound;
    const { stage, path } = addressed;
    const matched =
      match(request.method, path) ??
      (fallback === undefined ? undefined : { target: fallback, pathParameters: {} });
    if (matched === undefined) return notFound;
    const { target, pathParameters } = matched;
    const routed: HttpRouted = {
      ...{ api: spec, stage, request, requestId, pathParameters },
      domainName: request.entrance?.domainName ?? domainName,
      routeKey: target.routeKey,
    };
    const authorize = authorizers.get(target.authorizer?.authorizerId ?? '');
    const outcome = await authorize?.(routed, path);
    if (outcome !== undefined && outcome !== 'no-identity' && outcome.kind === 'allowed') {
      return integrate(target, routed, path, outcome);
    }
    if (outcome === undefined) return integrate(target, routed, path, undefined);
    if (outcome === 'no-identity') return jsonAnswer(401, { message: 'Unauthorized' });
    if (outcome.kind === 'unauthorized') {
      // What becomes of it on AWS is not known: an error like any other.
      log(
        `authorizer ${target.authorizer?.logicalId}: threw Unauthorized, which only REST APIs answer 401`,
      );
    }
    return outcome.kind === 'denied' ? jsonAnswer(403, { message: 'Forbidden' }) : internalError;
  }

  function authorizerOf(
    authorizer: HttpAuthorizerSpec,
  ): (routed: HttpRouted, path: string) => Promise<AuthorizerOutcome | 'no-identity'> {
    const sources = authorizer.identitySources
      .map((source) => parseIdentitySource(source, 'http'))
      .filter((source) => source !== undefined);
    const ask = gatewayAuthorizer({
      ...{ spec: authorizer, functions, log, nowMilliseconds, accountId: spec.accountId },
      authorizerArn: `${arn}/authorizers/${authorizer.authorizerId}`,
      form: authorizer.simpleResponses ? 'simple' : 'policy',
      contextForm: 'nested',
      timeoutMilliseconds: options.authorizerTimeoutMilliseconds ?? authorizerTimeoutMilliseconds,
    });
    return async (routed, path) => {
      const { request, stage } = routed;
      const context = contextOf(routed);
      const identity = identityValues(sources, {
        ...{ request, context },
        stageVariables: stage.variables,
      });
      if (identity === undefined) return 'no-identity';
      const methodArn = `${arn}/${stage.name}/${request.method}${path}`;
      const event = (): unknown =>
        authorizer.payloadFormatVersion === '2.0'
          ? {
              ...eventV2(routed),
              type: 'REQUEST',
              routeArn: methodArn,
              identitySource: sources.length === 0 ? null : identity,
            }
          : {
              version: '1.0',
              type: 'REQUEST',
              methodArn,
              identitySource: identity.join(','),
              authorizationToken: identity.join(','),
              ...eventV1(asRestRouted(routed)),
            };
      const cache = options.caches.of(stage.name, authorizer);
      return ask({ identity, methodArn, cache, event });
    };
  }

  async function integrate(
    { integration }: HttpRouteSpec,
    routed: HttpRouted,
    path: string,
    allowed: Extract<AuthorizerOutcome, { kind: 'allowed' }> | undefined,
  ): Promise<GatewayAnswer> {
    if (integration.kind === 'http') return forward(integration, routed, path, allowed);
    const { request, stage } = routed;
    const isV2 = integration.payloadFormatVersion === '2.0';
    const event = isV2 ? eventV2(routed) : { version: '1.0', ...eventV1(asRestRouted(routed)) };
    const requestContext = event.requestContext as Readonly<Record<string, unknown>>;
    const authorizer = isV2
      ? { lambda: allowed?.context ?? {} }
      : { ...allowed?.context, principalId: allowed?.principalId };
    const payload = JSON.stringify({
      ...event,
      requestContext: { ...requestContext, ...(allowed === undefined ? {} : { authorizer }) },
      ...(httpApiBody(request) ?? (isV2 ? {} : { body: null })),
      ...(request.body.byteLength === 0 ? { isBase64Encoded: false } : {}),
    });
    const sourcePath =
      routed.routeKey === '$default'
        ? '$default'
        : `${request.method}${routed.routeKey.slice(routed.routeKey.indexOf('/'))}`;
    const result = await within(
      integration.timeoutMilliseconds,
      functions.invoke(integration.functionArn, payload, {
        service: 'apigateway.amazonaws.com',
        sourceArn: `${arn}/${stage.name}/${sourcePath}`,
        sourceAccount: spec.accountId,
      }),
    );
    if (result === 'too-late') return jsonAnswer(503, { message: 'Service Unavailable' });
    const answer =
      result.kind === 'answer'
        ? parseLambdaAnswer(result.payload, {
            format: integration.payloadFormatVersion,
            defaultContentType: 'text/plain; charset=utf-8',
            decodesBase64: true,
          })
        : undefined;
    if (answer !== undefined) return answer;
    const problem = result.kind === 'refused' ? result.reason : result.kind;
    log(`${spec.logicalId}: ${request.method} ${path}: the integration gave no answer: ${problem}`);
    return internalError;
  }

  async function forward(
    proxy: HttpProxySpec,
    routed: HttpRouted,
    path: string,
    allowed: Extract<AuthorizerOutcome, { kind: 'allowed' }> | undefined,
  ): Promise<GatewayAnswer> {
    const { request, stage, pathParameters } = routed;
    const principal =
      allowed?.principalId === undefined ? {} : { principalId: allowed.principalId };
    const answer = await callBackend(proxy, {
      ...{ request, pathParameters, stageVariables: stage.variables },
      resourcePath: asRestRouted(routed).resourcePath,
      context: {
        ...contextOf(routed),
        ...authorizerVariables({ ...allowed?.context, ...principal }),
      },
    });
    if (typeof answer !== 'string') return answer;
    log(`${spec.logicalId}: ${request.method} ${path}: no answer of the backend: ${answer}`);
    return answer === 'no-path'
      ? internalError
      : jsonAnswer(503, { message: 'Service Unavailable' });
  }
}

/** The stage that a path addresses, and the path within it. `$default` has no prefix. */
function stageOf(
  stages: readonly StageSpec[],
  rawPath: string,
): { readonly stage: StageSpec; readonly path: string } | undefined {
  const first = rawPath.split('/')[1];
  const named = stages.find(({ name }) => name === first);
  if (named !== undefined)
    return { stage: named, path: rawPath.slice(named.name.length + 1) || '/' };
  const stage = stages.find(({ name }) => name === '$default');
  return stage === undefined ? undefined : { stage, path: rawPath };
}

function contextOf(routed: HttpRouted): Readonly<Record<string, string>> {
  const { api, request } = routed;
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    domainName: routed.domainName,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': headerValues(request.headers, 'user-agent').at(-1) ?? '',
    path: request.rawPath,
    protocol: request.protocol,
    requestId: routed.requestId,
    routeKey: routed.routeKey,
    stage: routed.stage.name,
  };
}

function asRestRouted(routed: HttpRouted): RestRouted {
  const { routeKey, request } = routed;
  const resourcePath = routeKey.includes(' ') ? (routeKey.split(' ')[1] ?? '') : routeKey;
  return { ...routed, resourceId: routeKey, resourcePath, path: request.rawPath };
}

const notFound = jsonAnswer(404, { message: 'Not Found' });
const internalError = jsonAnswer(500, { message: 'Internal Server Error' });

function unreadable(
  problem: 'bad-request' | 'headers-too-large' | 'body-too-large',
): GatewayAnswer {
  switch (problem) {
    case 'bad-request':
      return jsonAnswer(400, { message: 'Bad Request' });
    case 'headers-too-large':
      return jsonAnswer(431, { message: 'Request Header Fields Too Large' });
    case 'body-too-large':
      return jsonAnswer(413, { message: 'Request Entity Too Large' });
  }
}
