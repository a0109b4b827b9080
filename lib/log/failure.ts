import { faultOf } from "@/lib/db/client";
import { logLine } from "@/lib/log-line";
import type { LogFields } from "./log";

/** Where it was thrown; the message before that is left out, for it may quote the parameters of a statement. */
const frames = (error: Error) => (error.stack?.match(/^ +at .*$/gm) ?? []).map((frame) => frame.trim());

/** What the log says of a failure that nobody expected: kind, fault on one line, and the places it came by. */
export const failureFields = (error: unknown): LogFields => ({
  fault: logLine(faultOf(error)),
  ...(error instanceof Error && { type: error.name, stack: frames(error) }),
});
