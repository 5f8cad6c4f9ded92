import { Match, Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { describe, expect, test } from 'vitest';
import { defineRoutes, requires } from '../../functions/core/routes/route-policy.ts';
import { consumer } from './consumer.ts';

const routes = defineRoutes({ $connect: requires({ schemes: ['bearer'] }) });
const mock = () => new WebSocketMockIntegration('Mock');

/** The bounds that the stack tells. */
function announced(stack: Parameters<typeof Template.fromStack>[0]): readonly unknown[] {
  const outputs = Template.fromStack(stack).findOutputs('*', {
    Description: Match.stringLikeRegexp('websocket'),
  });
  return Object.values(outputs).map(({ Value }) => Value);
}

describe('synth of a WebSocket API', () => {
  test('passes when $connect is guarded; messages and goodbyes need nothing of their own', () => {
    const { stack, authorizer, problem } = consumer(routes);
    const api = new WebSocketApi(stack, 'Api');
    const guard = authorizer.guardWebSocketApi(api);
    api.addRoute('$connect', { integration: mock(), authorizer: guard.authorizer() });
    api.addRoute('$default', { integration: mock() });
    api.addRoute('$disconnect', { integration: mock() });
    expect(problem()).toBeUndefined();
    expect(announced(stack)).toEqual(['5 s (none): $connect']);
  });

  test('passes when the guard was there before the API', () => {
    const { stack, authorizer, problem } = consumer(routes);
    const guard = authorizer.guardWebSocketApi();
    const connectRouteOptions = { integration: mock(), authorizer: guard.authorizer() };
    new WebSocketApi(stack, 'Api', { connectRouteOptions });
    expect(problem()).toBeUndefined();
    expect(announced(stack)).toEqual(['5 s (none): $connect']);
  });

  test('fails by name when $connect is open', () => {
    const { stack, authorizer, problem } = consumer(routes);
    const api = new WebSocketApi(stack, 'Api');
    authorizer.guardWebSocketApi(api);
    api.addRoute('$connect', { integration: mock() });
    expect(problem()).toContain('$connect needs a credential but was attached without');
  });

  test('fails by name when there is no $connect, which would let everybody in', () => {
    const { stack, authorizer, problem } = consumer(routes);
    authorizer.guardWebSocketApi(new WebSocketApi(stack, 'Api'));
    expect(problem()).toContain('$connect has a policy but the API has no such route');
  });

  test('fails by name when $connect has an authorizer that is not ours', () => {
    const { stack, authorizer, problem } = consumer(routes);
    const api = new WebSocketApi(stack, 'Api');
    authorizer.guardWebSocketApi(api);
    const theirs = { bind: () => ({ authorizerId: 'abc123', authorizationType: 'CUSTOM' }) };
    api.addRoute('$connect', { integration: mock(), authorizer: theirs });
    expect(problem()).toContain('$connect was attached to CUSTOM');
  });

  test('fails by name when the guard was never used', () => {
    const { authorizer, problem } = consumer(routes);
    authorizer.guardWebSocketApi();
    expect(problem()).toContain('$connect is guarded but no WebSocket API');
  });

  test('a guard without a policy for $connect throws', () => {
    const { authorizer } = consumer(defineRoutes({ 'GET /': requires({ schemes: ['bearer'] }) }));
    expect(() => authorizer.guardWebSocketApi()).toThrow('$connect has no policy');
  });

  test('one guard is for one API', () => {
    const { stack, authorizer } = consumer(routes);
    const guard = authorizer.guardWebSocketApi(new WebSocketApi(stack, 'One'));
    const connectRouteOptions = { integration: mock(), authorizer: guard.authorizer() };
    expect(() => new WebSocketApi(stack, 'Two', { connectRouteOptions })).toThrow(
      'Consumer/One and Consumer/Two',
    );
  });
});
