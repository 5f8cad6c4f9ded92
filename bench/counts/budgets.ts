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
    heapBytes: 25_700,
    functions: 108,
    code: 18_300,
    logBytes: 526,
    crypto: { hash: 2 },
    instructions: 322_000,
  },
  'JWT RS256, same, HTTP': {
    heapBytes: 20_800,
    functions: 80,
    code: 15_500,
    logBytes: 480,
    crypto: { hash: 2 },
    instructions: 280_000,
  },
  'JWT RS256, distinct, REST': {
    heapBytes: 35_100,
    functions: 202,
    code: 32_800,
    logBytes: 526,
    crypto: { hash: 4, verify: 1 },
    instructions: 1_140_000,
  },
  'JWT RS256, distinct, HTTP': {
    heapBytes: 28_400,
    functions: 160,
    code: 25_700,
    logBytes: 480,
    crypto: { hash: 4, verify: 1 },
  },
  'JWT ES256, same, REST': {
    heapBytes: 25_700,
    functions: 108,
    code: 18_300,
    logBytes: 526,
    crypto: { hash: 2 },
  },
  'JWT ES256, same, HTTP': {
    heapBytes: 20_800,
    functions: 80,
    code: 15_500,
    logBytes: 480,
    crypto: { hash: 2 },
  },
  'JWT ES256, distinct, REST': {
    heapBytes: 36_200,
    functions: 212,
    code: 33_400,
    logBytes: 526,
    crypto: { hash: 4, verify: 1 },
    instructions: 1_730_000,
  },
  'JWT ES256, distinct, HTTP': {
    heapBytes: 29_400,
    functions: 169,
    code: 26_300,
    logBytes: 480,
    crypto: { hash: 4, verify: 1 },
  },
  'JWT, unknown key': {
    heapBytes: 22_500,
    functions: 101,
    code: 16_100,
    logBytes: 311,
    crypto: { hash: 1 },
  },
  'JWT RS256, expired': {
    heapBytes: 23_100,
    functions: 108,
    code: 17_400,
    logBytes: 306,
    crypto: { hash: 1, verify: 1 },
    instructions: 937_000,
  },
  'JWT RS256, bad signature': {
    heapBytes: 23_100,
    functions: 104,
    code: 16_200,
    logBytes: 313,
    crypto: { hash: 1, verify: 1 },
  },
  'API key, REST': {
    heapBytes: 28_400,
    functions: 127,
    code: 19_800,
    logBytes: 453,
    crypto: { hash: 3, timingSafeEqual: 1 },
    instructions: 339_000,
  },
  'API key, HTTP': {
    heapBytes: 23_700,
    functions: 99,
    code: 17_000,
    logBytes: 407,
    crypto: { hash: 3, timingSafeEqual: 1 },
  },
  'API key, unknown': {
    heapBytes: 21_000,
    functions: 82,
    code: 11_600,
    logBytes: 311,
    crypto: { hash: 2, timingSafeEqual: 1 },
  },
  'API key, wrong checksum': {
    heapBytes: 19_000,
    functions: 65,
    code: 10_300,
    logBytes: 309,
    crypto: {},
  },
  'Basic, remembered': {
    heapBytes: 30_400,
    functions: 140,
    code: 21_800,
    logBytes: 426,
    crypto: { createHmac: 1, hash: 5, timingSafeEqual: 2 },
  },
  'Basic, program': {
    heapBytes: 28_800,
    functions: 127,
    code: 20_900,
    logBytes: 427,
    crypto: { hash: 3, timingSafeEqual: 1 },
    instructions: 357_000,
  },
  'certificate, pinned': {
    heapBytes: 29_100,
    functions: 126,
    code: 21_000,
    logBytes: 475,
    crypto: { hash: 3 },
    instructions: 323_000,
  },
  'certificate, by rule': {
    heapBytes: 31_500,
    functions: 149,
    code: 23_200,
    logBytes: 475,
    crypto: { hash: 6 },
  },
  'token RS256': {
    heapBytes: 21_300,
    functions: 113,
    code: 16_500,
    logBytes: 426,
    crypto: { hash: 3, randomBytes: 1, sign: 1, timingSafeEqual: 2 },
  },
  'token ES256': {
    heapBytes: 21_400,
    functions: 114,
    code: 16_700,
    logBytes: 426,
    crypto: { hash: 3, randomBytes: 1, sign: 1, timingSafeEqual: 2 },
    instructions: 716_000,
  },
  'token, wrong secret': {
    heapBytes: 13_000,
    functions: 76,
    code: 11_100,
    logBytes: 187,
    crypto: { hash: 2, timingSafeEqual: 2 },
  },
};
