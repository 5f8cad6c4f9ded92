/** What frameworks write about requests goes nowhere, for all of them alike. Keyward's log does not go through the console. */
export function silenceConsole(): void {
  for (const method of ['log', 'info', 'warn', 'error'] as const) console[method] = () => undefined;
}
