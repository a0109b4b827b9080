import type { Answer } from "@/e2e/support/api";
import { alertIn } from "@/e2e/support/forms";
import type { Told } from "./load";

/** What answers tell, while something may be away. */

const TEXTS = /^(This is not possible right now\.|Signing in is not possible right now\.)/;

/** A 503 says when to come back; a form says it in words, with what was typed still in it. */
export function tellsUnavailable(answer: Answer, typed = ""): boolean {
  if (answer.status === 503) return answer.headers.get("retry-after") !== null;
  return answer.status === 200 && TEXTS.test(alertIn(answer)) && answer.text.includes(typed);
}

/**
 * @param answer undefined where none came
 * @param isDone whether it says that what was asked for is done
 * @param typed what a form must not have forgotten
 */
export function toldBy(answer: Answer | undefined, isDone: (answer: Answer) => boolean, typed?: string): Told {
  if (!answer) return "broken";
  if (isDone(answer)) return "ok";
  if (tellsUnavailable(answer, typed)) return "unavailable";
  const words = alertIn(answer) || answer.headers.get("location") || answer.text.slice(0, 200);
  return `wrong: ${answer.status} ${words}`;
}
