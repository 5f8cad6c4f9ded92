/** Whoever relies on a store answering within the same turn is found out here. */
export function anotherTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
