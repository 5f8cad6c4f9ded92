/** How every SDK client of a function is made: answers within two seconds, three attempts. */
export const clientOptions: {
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
} = {
  maxAttempts: 3,
  // Without the last option a request that takes too long is a warning in the log and nothing else.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
