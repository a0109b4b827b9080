/**
 * How often a property is tried: as often as `npm test` can afford, or as PROPERTY_RUNS says where that is more
 * (`npm run test:attack`).
 * @param cost how many times dearer than a mere function one run is; it gets so many times fewer of PROPERTY_RUNS
 */
export const propertyRuns = (runs: number, cost = 1): { numRuns: number } => ({
  numRuns: Math.max(runs, Math.floor(Number(process.env.PROPERTY_RUNS ?? 0) / cost)),
});
