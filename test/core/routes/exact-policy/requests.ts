import fc from 'fast-check';
import type { ExactRoute } from '../../../../functions/core/routes/exact-policy/compile-exact-policy.ts';
import type { ApiRequest } from './oracle.ts';

/** What a request is made of, before the table is known that it is made for. */
export interface RequestSeed {
  readonly route: number;
  readonly verb: string;
  readonly words: readonly string[];
  readonly shape: 'template' | 'free';
  readonly oddity: 'none' | 'trailing' | 'doubled' | 'leading';
}

const word = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'v1', 'p-q') },
  {
    weight: 5,
    arbitrary: fc.constantFrom('zz', '7', '*', '?', '{x}', 'a:b', 'x%2Fy', '%2F', '%20'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%61', '%76%31', 'v%31', 'p%2Dq', 'p%2dq', '%41', '%7a'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('.', '..', '%2e', '%2E.', '.%2e', '..;', '..a', 'x%2F..', '.a'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a%2Fb', 'a%2f', '%2Fb', 'a;b', 'v1;', ';', '.%2Fa', 'a%3Bb'),
  },
);

/** Most follow a template of the table; some do not. Odd slashes, unknown verbs and encoded words are among both. */
export const requestSeed: fc.Arbitrary<RequestSeed> = fc.record({
  route: fc.nat(8),
  verb: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'PURGE', '*'),
  words: fc.array(word, { minLength: 1, maxLength: 5 }),
  shape: fc.constantFrom('template', 'template', 'free'),
  oddity: fc.oneof(
    { weight: 12, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('trailing', 'doubled', 'leading') },
  ),
});

export function requestOf(table: readonly ExactRoute[], seed: RequestSeed): ApiRequest {
  const key = table[seed.route % table.length]?.key ?? '';
  const [method = '', template = ''] = key.split(' ');
  const at = (index: number) => seed.words[index % seed.words.length] ?? '';
  const words =
    seed.shape === 'free'
      ? seed.words
      : template
          .slice(1)
          .split('/')
          .flatMap((segment, index) => {
            if (segment.endsWith('+}')) return seed.words;
            return [segment.startsWith('{') ? at(index) : segment];
          });
  const path = `/${words.join('/')}`;
  const verb = seed.shape === 'free' || method === 'ANY' ? seed.verb : method;
  switch (seed.oddity) {
    case 'none':
      return { verb, path };
    case 'trailing':
      return { verb, path: `${path}/` };
    case 'doubled':
      return { verb, path: path.replace(/\/([^/]*)$/, '//$1') };
    case 'leading':
      return { verb, path: `/${path}` };
  }
}

/** Every request of at most two of these words, and the root. */
export function allRequests(
  words: readonly string[],
  verbs: readonly string[],
): readonly ApiRequest[] {
  const paths = [
    '/',
    ...words.flatMap((one) => [`/${one}`, ...words.map((two) => `/${one}/${two}`)]),
  ];
  return verbs.flatMap((verb) => paths.map((path) => ({ verb, path })));
}
