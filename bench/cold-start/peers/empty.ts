/** What nobody can start below. */
export const handler = async (): Promise<object> => ({});
