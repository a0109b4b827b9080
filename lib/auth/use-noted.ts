import { faultOf, isUnavailable } from "@/lib/db/client";
import { logOf } from "@/lib/log/log";

const log = logOf("auth");

/**
 * Notes that a session or a token is in use. A database that takes no changes for now, being read-only or full, keeps nobody
 * from reading: what could not be noted is noted with a later request.
 */
export async function noteUse(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log.warn("use was not noted", { fault: faultOf(error) });
  }
}
