import fc from 'fast-check';
import type { ExactRoute } from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';

export const stageArn = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod';

export function guarded(key: string, ...clauses: readonly (readonly string[])[]): ExactRoute {
  return { key, isOpen: false, isElsewhere: false, clauses };
}

export function open(key: string): ExactRoute {
  return { key, isOpen: true, isElsewhere: false, clauses: [] };
}

export function elsewhere(key: string): ExactRoute {
  return { key, isOpen: false, isElsewhere: true, clauses: [] };
}

/** Routes that nothing ties together: every set of them is some caller's. */
export function independent(...keys: readonly string[]): readonly ExactRoute[] {
  return keys.map((key) => guarded(key, [key]));
}

/** The demo's API, its rules that no cache can follow served by an authorizer of their own. */
export const orders: readonly ExactRoute[] = [
  open('GET /healthz'),
  guarded('GET /orders', ['bearer', 'apikey'], ['orders:read']),
  guarded('POST /orders', ['bearer'], ['orders:write']),
  guarded('GET /orders/{id}', ['bearer', 'apikey'], ['orders:read']),
  guarded('GET /orders/export', ['bearer'], ['orders:export']),
  guarded('GET /reports/{name}', ['apikey', 'basic'], ['reports:read']),
  elsewhere('GET /whoami'),
  elsewhere('DELETE /orders/{id}'),
  elsewhere('GET /partners/me'),
  elsewhere('GET /transfers'),
];

/** An API as many are: eight collections, what is nested in them, files, and a health check. */
export const ordinary: readonly ExactRoute[] = [
  ...[
    'users',
    'orders',
    'products',
    'invoices',
    'customers',
    'webhooks',
    'teams',
    'projects',
  ].flatMap((name) => [
    guarded(`GET /${name}`, [`${name}:read`]),
    guarded(`POST /${name}`, [`${name}:write`]),
    guarded(`GET /${name}/{id}`, [`${name}:read`]),
    guarded(`PUT /${name}/{id}`, [`${name}:write`]),
    guarded(`DELETE /${name}/{id}`, [`${name}:write`]),
  ]),
  guarded('GET /users/{id}/roles', ['roles:read']),
  guarded('PUT /users/{id}/roles', ['roles:write']),
  guarded('GET /users/me', ['self:read']),
  guarded('GET /orders/{id}/items', ['orders:read']),
  guarded('GET /orders/{id}/items/{item}', ['orders:read']),
  guarded('GET /files/{path+}', ['files:read']),
  guarded('PUT /files/{path+}', ['files:write']),
  guarded('GET /healthz'),
];

/** What a caller is granted that holds these alternatives. */
export function grantedTo(
  table: readonly ExactRoute[],
  held: ReadonlySet<string>,
): ReadonlySet<number> {
  const isMet = ({ isOpen, isElsewhere, clauses }: ExactRoute) =>
    !isOpen && !isElsewhere && clauses.every((clause) => clause.some((one) => held.has(one)));
  return new Set(table.flatMap((route, id) => (isMet(route) ? [id] : [])));
}

const keyOf = (literals: readonly string[]) =>
  fc
    .record({
      verb: fc.constantFrom('GET', 'POST', 'ANY'),
      segments: fc.array(fc.constantFrom(...literals, '{x}', '{x}', '{y}'), {
        maxLength: 3,
      }),
      isGreedy: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    })
    .map(({ verb, segments, isGreedy }) =>
      [`${verb} `, ...segments, ...(isGreedy ? ['{rest+}'] : [])].join('/').replace(/ $/, ' /'),
    );

const role = fc.oneof(
  { weight: 8, arbitrary: fc.constant('guarded') },
  { weight: 1, arbitrary: fc.constant('open') },
  { weight: 1, arbitrary: fc.constant('elsewhere') },
);

export interface Tangle {
  readonly literals?: readonly string[];
  readonly routesMax?: number;
}

/** Few literals and many overlaps, catch-alls and crossings among them. */
export function tangledTable(
  clauses: fc.Arbitrary<readonly (readonly string[])[]> | 'independent',
  { literals = ['a', 'b', 'v1', 'p-q'], routesMax = 9 }: Tangle = {},
): fc.Arbitrary<readonly ExactRoute[]> {
  const route = fc.record({
    key: keyOf(literals),
    role,
    clauses: clauses === 'independent' ? fc.constant([]) : clauses,
  });
  return fc
    .uniqueArray(route, { selector: (one) => one.key, minLength: 2, maxLength: routesMax })
    .map((routes) =>
      routes.map((one) => ({
        key: one.key,
        isOpen: one.role === 'open',
        isElsewhere: one.role === 'elsewhere',
        clauses: clauses === 'independent' ? [[one.key]] : one.clauses,
      })),
    );
}
