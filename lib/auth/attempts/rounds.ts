/** What is asked now, and those who came after it was. */
type Round<T> = { running: Promise<T>; next?: NextRound<T> };
type NextRound<T> = { callers: number; result: Promise<T> };

/**
 * Makes of `ask` a question that those who ask it at the same moment share: one is under way for each key, and all who come
 * meanwhile wait for the next. So nobody gets an answer to a question that was asked before they came, and a flood costs the
 * database no more than one statement at a time.
 * @param ask is told how many it asks for
 */
export function inRounds<Question, T>(
  keyOf: (question: Question) => string,
  ask: (question: Question, callers: number) => Promise<T>,
): (question: Question) => Promise<T> {
  const rounds = new Map<string, Round<T>>();

  function begin(key: string, question: Question, callers: number): Promise<T> {
    const round: Round<T> = { running: ask(question, callers) };
    rounds.set(key, round);
    const end = () => {
      if (!round.next) rounds.delete(key);
    };
    round.running.then(end, end);
    return round.running;
  }

  function follow({ running }: Round<T>, key: string, question: Question): NextRound<T> {
    const start = (): Promise<T> => begin(key, question, next.callers);
    // Whatever became of the one before, those who came later ask for themselves.
    const next: NextRound<T> = { callers: 0, result: running.then(start, start) };
    return next;
  }

  return (question) => {
    const key = keyOf(question);
    const round = rounds.get(key);
    if (!round) return begin(key, question, 1);
    round.next ??= follow(round, key, question);
    round.next.callers += 1;
    return round.next.result;
  };
}
