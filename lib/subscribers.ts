/**
 * What this app does beside its own work when something happens: subscribe here (docs/events.md). Called once at the start of
 * each process, of the web server and of the command line.
 */
export function registerSubscribers(): void {
  // None so far.
}
