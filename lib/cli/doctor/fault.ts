/** Why a server cannot be used, as the key of a sentence that says what to do; `reason` is what the system says. */

const KEYS: Record<string, string> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ENOTFOUND: "unknownHost",
  EAI_AGAIN: "unknownHost",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "late",
  ENOENT: "noCaFile",
  EACCES: "noCaFile",
  CERT_HAS_EXPIRED: "certificateExpired",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificateOfAnother",
  SELF_SIGNED_CERT_IN_CHAIN: "certificateUntrusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificateUntrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificateUntrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificateUntrusted",
  UNABLE_TO_GET_ISSUER_CERT: "certificateUntrusted",
};

type SystemError = Error & { code?: unknown; cause?: unknown; errors?: unknown[] };

/** The error that the system reported, below those that wrap it. */
function innermost(error: unknown): SystemError {
  let inner = error as SystemError;
  while (inner.cause instanceof Error || inner.errors?.[0] instanceof Error) {
    inner = (inner.cause ?? inner.errors?.[0]) as SystemError;
  }
  return inner;
}

export function faultOf(error: unknown): { key: string; reason: string } {
  const { code, message } = innermost(error);
  const reason = String(message).replace(/\s+/g, " ").slice(0, 300);
  if (/no answer within|timed? ?out/i.test(reason)) return { key: "late", reason };
  return { key: KEYS[String(code)] ?? "other", reason };
}
