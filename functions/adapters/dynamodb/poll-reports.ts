import { pollReportKeepSeconds } from '../../core/durations.ts';
import type { PollReports } from '../../core/ports/poll-reports.ts';
import type { DynamoWriter } from './writer.ts';

/** Reports of polls in the Counters table: `POLL#<function>#<environment>`. */
export function dynamoPollReports(writer: DynamoWriter, table: string): PollReports {
  return {
    async report({ functionName, environment, at }) {
      await writer.updateItem(table, {
        key: { pk: `POLL#${functionName}#${environment}` },
        update: 'SET #at = :at, #ttl = :ttl',
        names: { '#at': 'at', '#ttl': 'ttl' },
        values: { ':at': at, ':ttl': at + pollReportKeepSeconds },
      });
    },
  };
}
