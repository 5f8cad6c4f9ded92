/** The data plane of one REST API. */
import { randomUUID } from 'node:crypto';
import type { RestApiSpec, RestMethodSpec, StageSpec } from './api-spec.ts';
import { authorizerVariables } from './authorizer-variables.ts';
import { callBackend } from './call-backend.ts';
import { enteredAt } from './entrance.ts';
import { eventV1, type RestRouted } from './event-v1.ts';
import { type GatewayAnswer, send } from './gateway-answer.ts';
import type { CachingGatewayOptions } from './gateway-options.ts';
import { type GatewayRequest, headerValues, readRequest } from './gateway-request.ts';
import {
  type GatewayResponseFacts,
  type Refusal,
  renderGatewayResponse,
} from './gateway-response.ts';
import type { HttpProxySpec } from './http-proxy-spec.ts';
import { parseLambdaAnswer } from './lambda-answer.ts';
import type { RequestHandler } from './listener.ts';
import { routeMatcher } from './match-route.ts';
import { mockAnswer } from './mock-answer.ts';
import { type RestAdmitted, restAccess } from './rest-access.ts';
import type { UsagePlans } from './usage-plans.ts';
import { within } from './within.ts';

/** Bytes; beyond it nobody is asked. */
const methodArnBytesMax = 1_600;

export interface RestApiOptions extends CachingGatewayOptions {
  /** Those of all APIs: a key that is used up here is used up there. */
  readonly plans: UsagePlans;
}

/** Serves an API under `/<path>`, as a custom domain does, and under `/<stage>/<path>`. */
export function restApi(spec: RestApiSpec, options: RestApiOptions): RequestHandler {
  const { functions, log, domainName, nowMilliseconds = Date.now } = options;
  const arn = `arn:aws:execute-api:${spec.region}:${spec.accountId}:${spec.apiId}`;
  const match = routeMatcher(
    spec.methods.map((method) => ({
      method: method.httpMethod,
      template: method.path,
      target: method,
    })),
  );
  const access = restAccess(spec, arn, { ...options, nowMilliseconds });

  return async (incoming, response, entrance) => {
    const requestId = randomUUID();
    const request = await readRequest(incoming, nowMilliseconds, entrance);
    if (request === 'aborted') {
      response.destroy();
      return;
    }
    const answer =
      typeof request === 'string' ? unreadable(request) : await route(request, requestId);
    send(response, { ...answer, headers: [...answer.headers, ['x-amzn-requestid', requestId]] });
  };

  async function route(request: GatewayRequest, requestId: string): Promise<GatewayAnswer> {
    const addressed = enteredAt(spec.stages, request) ?? stageOf(spec.stages, request.rawPath);
    const { stage, path } = addressed ?? { stage: { name: '', variables: {} }, path: '' };
    const matched = addressed === undefined ? undefined : match(request.method, path);
    const routed: RestRouted = {
      ...{ api: spec, stage, request, requestId, path },
      domainName: request.entrance?.domainName ?? domainName,
      resourceId: matched?.target.resourceId ?? '',
      resourcePath: matched?.target.path ?? '',
      pathParameters: matched?.pathParameters ?? {},
    };
    const result =
      matched === undefined
        ? ({ type: 'MISSING_AUTHENTICATION_TOKEN' } as const)
        : await answerMethod(matched.target, routed);
    return 'type' in result ? refuse(result, routed) : result;
  }

  function refuse(refusal: Refusal, routed: RestRouted): GatewayAnswer {
    const { type, message, status, authorizer = {} } = refusal;
    const facts: GatewayResponseFacts = {
      request: routed.request,
      pathParameters: routed.pathParameters,
      stageVariables: routed.stage.variables,
      context: { ...contextVariables(routed), ...authorizerVariables(authorizer) },
      ...(message === undefined ? {} : { message }),
      ...(status === undefined ? {} : { status }),
    };
    return renderGatewayResponse(type, spec.gatewayResponses, facts);
  }

  async function answerMethod(
    method: RestMethodSpec,
    routed: RestRouted,
  ): Promise<GatewayAnswer | Refusal> {
    const methodArn = `${arn}/${routed.stage.name}/${routed.request.method}${routed.path}`;
    if (Buffer.byteLength(methodArn) > methodArnBytesMax) {
      return { type: 'DEFAULT_4XX', status: 414, message: 'Request URI too long' };
    }
    const context = contextVariables(routed);
    const admitted = await access(method, { routed, methodArn, context });
    if ('type' in admitted) return admitted;
    const { integration } = method;
    switch (integration.kind) {
      case 'lambda':
        return integrate(integration, method, routed, admitted);
      case 'http':
        return forward(integration, method, routed, admitted);
      case 'mock': {
        const answer = mockAnswer(integration, routed.request);
        if (answer === 'unsupported-media-type') return { type: 'UNSUPPORTED_MEDIA_TYPE' };
        return answer === 'misconfigured' ? { type: 'API_CONFIGURATION_ERROR' } : answer;
      }
    }
  }

  async function integrate(
    integration: { readonly functionArn: string; readonly timeoutMilliseconds: number },
    method: RestMethodSpec,
    routed: RestRouted,
    { allowed, apiKey }: RestAdmitted,
  ): Promise<GatewayAnswer | Refusal> {
    const { request, stage } = routed;
    const event = eventV1(routed);
    const requestContext = event.requestContext as Readonly<Record<string, unknown>>;
    const identity = requestContext.identity as Readonly<Record<string, unknown>>;
    const isBinary = isBinaryType(headerValues(request.headers, 'content-type').at(-1));
    const payload = JSON.stringify({
      ...event,
      requestContext: {
        ...requestContext,
        ...(allowed === undefined ? {} : { authorizer: allowed.context }),
        ...(apiKey === undefined
          ? {}
          : { identity: { ...identity, apiKey: apiKey.value, apiKeyId: apiKey.keyId } }),
      },
      body:
        request.body.byteLength === 0 ? null : request.body.toString(isBinary ? 'base64' : 'utf8'),
      isBase64Encoded: isBinary && request.body.byteLength > 0,
    });
    const result = await within(
      integration.timeoutMilliseconds,
      functions.invoke(integration.functionArn, payload, {
        service: 'apigateway.amazonaws.com',
        sourceArn: `${arn}/${stage.name}/${request.method}${method.path}`,
        sourceAccount: spec.accountId,
      }),
    );
    if (result === 'too-late') return { type: 'INTEGRATION_TIMEOUT' };
    const where = `${spec.logicalId}: ${request.method} ${method.path}`;
    if (result.kind === 'refused') {
      log(`${where}: the integration could not be invoked: ${result.reason}`);
      return { type: 'API_CONFIGURATION_ERROR' };
    }
    const answer =
      result.kind === 'answer'
        ? parseLambdaAnswer(result.payload, {
            format: '1.0',
            defaultContentType: 'application/json',
            // The client decides with its first media type.
            decodesBase64: isBinaryType(headerValues(request.headers, 'accept')[0]?.split(',')[0]),
          })
        : undefined;
    if (answer !== undefined) return answer;
    log(
      `${where}: ${result.kind === 'answer' ? 'malformed Lambda proxy response' : result.errorMessage}`,
    );
    return { type: 'DEFAULT_5XX', status: 502 };
  }

  async function forward(
    proxy: HttpProxySpec,
    method: RestMethodSpec,
    routed: RestRouted,
    { allowed, apiKey }: RestAdmitted,
  ): Promise<GatewayAnswer | Refusal> {
    const answer = await callBackend(proxy, {
      request: routed.request,
      resourcePath: routed.resourcePath,
      pathParameters: routed.pathParameters,
      stageVariables: routed.stage.variables,
      context: {
        ...contextVariables(routed),
        ...authorizerVariables(allowed?.context ?? {}),
        ...(apiKey === undefined
          ? {}
          : { 'identity.apiKey': apiKey.value, 'identity.apiKeyId': apiKey.keyId }),
      },
    });
    if (typeof answer !== 'string') return answer;
    log(
      `${spec.logicalId}: ${routed.request.method} ${method.path}: no answer of the backend: ${answer}`,
    );
    switch (answer) {
      case 'too-late':
        return { type: 'INTEGRATION_TIMEOUT' };
      case 'unreachable':
        return {
          type: 'INTEGRATION_FAILURE',
          message: 'Network error communicating with endpoint',
        };
      case 'no-path':
        return { type: 'API_CONFIGURATION_ERROR' };
    }
  }

  function isBinaryType(header: string | undefined): boolean {
    const type = (header?.split(';')[0] ?? '').trim().toLowerCase();
    return spec.binaryMediaTypes.some((binary) => {
      const [main = '', sub = ''] = binary.toLowerCase().split('/');
      const [typeMain = '', typeSub = ''] = type.split('/');
      return (main === '*' || main === typeMain) && (sub === '*' || sub === typeSub);
    });
  }

  function unreadable(
    problem: 'bad-request' | 'headers-too-large' | 'body-too-large',
  ): GatewayAnswer {
    const refusals: Readonly<Record<typeof problem, Refusal>> = {
      'bad-request': { type: 'DEFAULT_4XX' },
      'headers-too-large': {
        ...{ type: 'DEFAULT_4XX', status: 431, message: 'Request Header Fields Too Large' },
      },
      'body-too-large': { type: 'REQUEST_TOO_LARGE' },
    };
    const request: GatewayRequest = {
      ...{ method: 'GET', rawPath: '/', rawQueryString: '', headers: [], body: Buffer.alloc(0) },
      ...{ protocol: 'HTTP/1.1', sourceIp: '', timeMilliseconds: nowMilliseconds() },
    };
    return refuse(refusals[problem], {
      ...{ api: spec, stage: { name: '', variables: {} }, request, requestId: '', domainName },
      ...{ resourceId: '', resourcePath: '', pathParameters: {}, path: '/' },
    });
  }
}

function stageOf(
  stages: readonly StageSpec[],
  rawPath: string,
): { readonly stage: StageSpec; readonly path: string } | undefined {
  const first = rawPath.split('/')[1];
  const named = stages.find(({ name }) => name === first);
  if (named !== undefined)
    return { stage: named, path: rawPath.slice(named.name.length + 1) || '/' };
  const [stage] = stages;
  return stage === undefined ? undefined : { stage, path: rawPath };
}

/** `$context`, as identity sources and gateway responses may use it. */
function contextVariables(routed: RestRouted): Readonly<Record<string, string>> {
  const { api, stage, request, requestId } = routed;
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    domainName: routed.domainName,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': headerValues(request.headers, 'user-agent').at(-1) ?? '',
    path: request.rawPath,
    protocol: request.protocol,
    requestId,
    extendedRequestId: requestId.replaceAll('-', '').slice(0, 15),
    requestTimeEpoch: String(request.timeMilliseconds),
    resourceId: routed.resourceId,
    resourcePath: routed.resourcePath,
    stage: stage.name,
  };
}
