type Line = { area?: string; msg: string; fault?: string } & Record<string, unknown>;

/** Said already by the line's place in the terminal, or of no use there. */
const LEFT_OUT = new Set(["level", "time", "area", "msg", "fault", "requestId", "traceId", "stack"]);

/** A line of the log for people: `[mail] the outbox cannot be read: connection refused (tries=2)`. */
export function humanLine(json: string): string {
  const line = JSON.parse(json) as Line;
  const rest = Object.entries(line)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const area = line.area ? `[${line.area}] ` : "";
  const fault = line.fault ? `: ${line.fault}` : "";
  const text = `${area}${line.msg}${fault}${rest.length > 0 ? ` (${rest.join(", ")})` : ""}`;
  // What others have put into it moves no cursor.
  return `${text.replace(/\p{C}+/gu, " ")}\n`;
}
