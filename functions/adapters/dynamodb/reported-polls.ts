import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Poll, ReportedPolls } from '../../core/ports/poll-reports.ts';

/** The reports for operators. What DynamoDB has not swept yet is past its time all the same. */
export function dynamoReportedPolls(dynamo: DynamoDBClient, table: string): ReportedPolls {
  return {
    async list(now) {
      const polls: Poll[] = [];
      const pages = paginateScan(
        { client: dynamo },
        {
          TableName: table,
          FilterExpression: 'begins_with(pk, :prefix) AND #ttl > :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':prefix': { S: 'POLL#' }, ':now': { N: String(now) } },
        },
      );
      for await (const { Items: items = [] } of pages) {
        for (const { pk, at } of items) {
          const [, functionName = '', environment = ''] = (pk?.S ?? '').split('#');
          polls.push({ functionName, environment, at: Number(at?.N) });
        }
      }
      return polls;
    },
  };
}
