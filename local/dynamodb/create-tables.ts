import type { Dynamo } from './dynamo.ts';

/** The keys of a table; all of them are strings. What else a template says of a table has no effect here. */
export interface TableSpec {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
}

/** Creates the tables that do not exist yet. An existing table with other keys is an error: it holds other data. */
export async function createTables(dynamo: Dynamo, tables: readonly TableSpec[]): Promise<void> {
  for (const { name, partitionKey, sortKey } of tables) {
    const names = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
    const keySchema = names.map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    }));
    const created = await dynamo.send(
      'CreateTable',
      JSON.stringify({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: keySchema,
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      }),
    );
    if (created.status === 200) {
      await whenActive(dynamo, name);
      continue;
    }
    const text = created.body.toString();
    if (!text.includes('ResourceInUseException')) throw new Error(`table ${name}: ${text}`);
    const { KeySchema } = await describe(dynamo, name);
    const present = KeySchema.map(({ AttributeName }) => AttributeName).join(', ');
    if (present !== names.join(', ')) {
      throw new Error(`table ${name} exists with the keys ${present}, not ${names.join(', ')}`);
    }
  }
}

interface Description {
  readonly TableStatus: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

async function describe(dynamo: Dynamo, name: string): Promise<Description> {
  const { body } = await dynamo.send('DescribeTable', JSON.stringify({ TableName: name }));
  return (JSON.parse(body.toString()) as { readonly Table: Description }).Table;
}

async function whenActive(dynamo: Dynamo, name: string): Promise<void> {
  while ((await describe(dynamo, name)).TableStatus !== 'ACTIVE');
}
