/** What one warm operation may cost, counted. */
export interface CountBudget {
  readonly heapBytes: number;
  readonly functions: number;
  readonly code: number;
  readonly logBytes: number;
  readonly crypto: Readonly<Record<string, number>>;
  /** Absent: they are not counted, for it takes long. */
  readonly instructions?: number;
}

/** So much of a budget may lie idle before it must be lowered. */
export const slack = 0.05;

/** `npm run bench:counts -- --budgets` prints the figures in this form. */
export const budgets: Readonly<Record<string, CountBudget>> = {
  'JWT RS256, same, REST': {
    heapBytes: 12_000,
    functions: 101,
    code: 18_200,
    logBytes: 526,
    crypto: { hash: 1 },
    instructions: 178_000,
  },
  'JWT RS256, same, HTTP': {
    heapBytes: 11_400,
    functions: 86,
    code: 15_900,
    logBytes: 480,
    crypto: { hash: 1 },
    instructions: 166_000,
  },
  'JWT RS256, distinct, REST': {
    heapBytes: 21_000,
    functions: 224,
    code: 35_800,
    logBytes: 526,
    crypto: { hash: 3, verify: 1 },
    instructions: 760_000,
  },
  'JWT RS256, distinct, HTTP': {
    heapBytes: 18_500,
    functions: 191,
    code: 29_100,
    logBytes: 480,
    crypto: { hash: 3, verify: 1 },
  },
  'JWT ES256, same, REST': {
    heapBytes: 12_000,
    functions: 101,
    code: 18_200,
    logBytes: 526,
    crypto: { hash: 1 },
  },
  'JWT ES256, same, HTTP': {
    heapBytes: 11_300,
    functions: 86,
    code: 15_900,
    logBytes: 480,
    crypto: { hash: 1 },
  },
  'JWT ES256, distinct, REST': {
    heapBytes: 21_800,
    functions: 233,
    code: 36_400,
    logBytes: 526,
    crypto: { hash: 3, verify: 1 },
    instructions: 1_350_000,
  },
  'JWT ES256, distinct, HTTP': {
    heapBytes: 19_300,
    functions: 200,
    code: 29_700,
    logBytes: 480,
    crypto: { hash: 3, verify: 1 },
  },
  'JWT, unknown key': {
    heapBytes: 13_300,
    functions: 119,
    code: 18_700,
    logBytes: 311,
    crypto: { hash: 1 },
  },
  'JWT RS256, expired': {
    heapBytes: 13_900,
    functions: 125,
    code: 20_000,
    logBytes: 306,
    crypto: { hash: 1, verify: 1 },
    instructions: 627_000,
  },
  'JWT RS256, bad signature': {
    heapBytes: 13_900,
    functions: 121,
    code: 18_800,
    logBytes: 313,
    crypto: { hash: 1, verify: 1 },
  },
  'API key, REST': {
    heapBytes: 14_800,
    functions: 121,
    code: 19_700,
    logBytes: 453,
    crypto: { hash: 2, timingSafeEqual: 1 },
    instructions: 205_000,
  },
  'API key, HTTP': {
    heapBytes: 14_200,
    functions: 106,
    code: 17_400,
    logBytes: 407,
    crypto: { hash: 2, timingSafeEqual: 1 },
  },
  'API key, unknown': {
    heapBytes: 13_000,
    functions: 83,
    code: 12_200,
    logBytes: 311,
    crypto: { hash: 2, timingSafeEqual: 1 },
  },
  'API key, wrong checksum': {
    heapBytes: 11_100,
    functions: 66,
    code: 10_800,
    logBytes: 309,
    crypto: {},
  },
  'Basic, remembered': {
    heapBytes: 17_300,
    functions: 145,
    code: 22_600,
    logBytes: 426,
    crypto: { createHmac: 1, hash: 4, timingSafeEqual: 2 },
  },
  'Basic, program': {
    heapBytes: 15_700,
    functions: 132,
    code: 21_800,
    logBytes: 427,
    crypto: { hash: 2, timingSafeEqual: 1 },
    instructions: 238_000,
  },
  'certificate, pinned': {
    heapBytes: 18_200,
    functions: 147,
    code: 23_300,
    logBytes: 475,
    crypto: { hash: 3 },
    instructions: 238_000,
  },
  'certificate, by rule': {
    heapBytes: 20_500,
    functions: 171,
    code: 25_600,
    logBytes: 475,
    crypto: { hash: 6 },
  },
  'token RS256': {
    heapBytes: 20_200,
    functions: 112,
    code: 16_600,
    logBytes: 426,
    crypto: { hash: 3, sign: 1, timingSafeEqual: 2 },
  },
  'token ES256': {
    heapBytes: 19_800,
    functions: 113,
    code: 16_800,
    logBytes: 426,
    crypto: { hash: 3, sign: 1, timingSafeEqual: 2 },
    instructions: 693_000,
  },
  'token, wrong secret': {
    heapBytes: 12_900,
    functions: 76,
    code: 11_300,
    logBytes: 187,
    crypto: { hash: 2, timingSafeEqual: 2 },
  },
};
