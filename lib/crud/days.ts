const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether `text` is a day that the calendar has (ISO 8601); PostgreSQL answers others, and the year 0000, with an error. */
export function isDay(text: string): boolean {
  const time = DAY.test(text) && text >= "0001" ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
