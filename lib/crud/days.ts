const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether `text` is a day that the calendar has (ISO 8601); PostgreSQL answers others, and the year 0000, with an error. */
export function isDay(text: string): boolean {
  const time = DAY.test(text) && text >= "0001" ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Whether `text` is a moment in UTC as the API writes it (ISO 8601, `2031-05-06T07:08:09Z`, fractions allowed). */
export function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/.test(text) &&
    isDay(text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text))
  );
}
