import { verify } from "@node-rs/argon2";
import type { Scheme } from "./scheme";

const SHAPE =
  /^\$argon2(?:id|i)\$v=19\$m=(?<memory>\d{1,7}),t=(?<passes>\d{1,3}),p=(?<lanes>\d{1,3})\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{22,86}$/;

/** 256 MiB at most, and no more work than four passes over them: about a second. */
const MEMORY_MAX_KIB = 262_144;
const WORK_MAX_KIB = 1_048_576;
const LANES_MAX = 16;

/** PHC strings of Argon2 with any parameters within bounds; Django puts `argon2` before them. */
export const argon2: Scheme = (stored) => {
  const encoded = stored.replace(/^argon2(?=\$)/, "");
  const parameters = SHAPE.exec(encoded)?.groups;
  if (!parameters) return undefined;
  const [memory, passes, lanes] = [parameters.memory, parameters.passes, parameters.lanes].map(Number) as [
    number,
    number,
    number,
  ];
  const isBounded = memory <= MEMORY_MAX_KIB && memory * passes <= WORK_MAX_KIB && lanes <= LANES_MAX;
  // RFC 9106 §3.1: eight blocks a lane at least.
  const isValid = passes >= 1 && lanes >= 1 && memory >= 8 * lanes;
  return isBounded && isValid ? (password) => verify(encoded, password) : undefined;
};
