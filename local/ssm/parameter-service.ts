import { AwsError } from '../aws/aws-error.ts';
import type { AwsService } from '../aws/aws-service.ts';
import { jsonReply } from '../aws/json-reply.ts';

const contentType = 'application/x-amz-json-1.1';

/** Parameter Store, to be read only: the parameters are those of the template. */
export function parameterService(
  parameters: ReadonlyMap<string, string>,
  where: { readonly region: string; readonly accountId: string },
): AwsService {
  const arnOf = (name: string): string =>
    `arn:aws:ssm:${where.region}:${where.accountId}:parameter/${name.replace(/^\//, '')}`;
  const parameter = (name: string, value: string): Readonly<Record<string, unknown>> => ({
    Name: name,
    Type: 'String',
    Value: value,
    Version: 1,
    ARN: arnOf(name),
    DataType: 'text',
  });

  return {
    prefix: 'ssm',
    async neededAccess({ operation, input }) {
      const resource = arnOf(String(input.Name ?? input.Path ?? ''));
      return [{ action: `ssm:${operation}`, resource, context: {} }];
    },
    async answer({ operation, input }) {
      if (operation === 'GetParameter') {
        const name = String(input.Name);
        const value = parameters.get(name);
        if (value === undefined) throw new AwsError('ParameterNotFound', `there is no ${name}`);
        return jsonReply(200, contentType, { Parameter: parameter(name, value) });
      }
      if (operation === 'GetParametersByPath') {
        const path = `${String(input.Path).replace(/\/$/, '')}/`;
        const found = [...parameters].filter(
          ([name]) =>
            name.startsWith(path) &&
            (input.Recursive === true || !name.slice(path.length).includes('/')),
        );
        return jsonReply(200, contentType, {
          Parameters: found.map(([name, value]) => parameter(name, value)),
        });
      }
      throw new AwsError(
        'UnknownOperationException',
        `the local Parameter Store does not know ${operation}`,
      );
    },
    errorReply: (name, message, status) =>
      jsonReply(status, contentType, { __type: name, message }),
  };
}
