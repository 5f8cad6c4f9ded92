import { randomUUID } from 'node:crypto';
import type { AwsReply } from './aws-service.ts';

/** An answer of the AWS JSON protocols; `contentType` tells 1.0 (DynamoDB) from 1.1. */
export function jsonReply(status: number, contentType: string, body: unknown): AwsReply {
  return {
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}
