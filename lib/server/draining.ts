// The handler that tells the readiness is in another module graph than what ends the process.
const shared = globalThis as typeof globalThis & { gatehouseDraining?: boolean };

/** Whether this process takes leave: it finishes what it has begun, and wants nothing new. */
export const isDraining = (): boolean => shared.gatehouseDraining === true;

export function beginDraining(): void {
  shared.gatehouseDraining = true;
}
