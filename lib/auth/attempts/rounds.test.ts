import { describe, expect, it } from "vitest";
import { inRounds } from "./rounds";

/** Questions that are answered when the test says so. */
function held() {
  const open: { key: string; callers: number; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const ask = inRounds(
    (key: string) => key,
    (key, callers) => new Promise<string>((answer, fail) => open.push({ key, callers, answer, fail })),
  );
  return { ask, open };
}

const settled = () => new Promise(setImmediate);

describe("inRounds", () => {
  it("asks for the first at once, and once for all who come meanwhile", async () => {
    const { ask, open } = held();
    const first = ask("a");
    const later = [ask("a"), ask("a"), ask("a")];
    expect(open).toMatchObject([{ key: "a", callers: 1 }]);
    open[0]?.answer("before they came");
    expect(await first).toBe("before they came");
    await settled();
    expect(open).toMatchObject([{ callers: 1 }, { key: "a", callers: 3 }]);
    // Too late for the second round.
    const last = ask("a");
    open[1]?.answer("after they came");
    expect(await Promise.all(later)).toEqual(["after they came", "after they came", "after they came"]);
    await settled();
    open[2]?.answer("after the last came");
    expect(await last).toBe("after the last came");
    expect(open[2]?.callers).toBe(1);
  });

  it("keeps keys apart", () => {
    const { ask, open } = held();
    void ask("a");
    void ask("b");
    expect(open.map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("tells a fault to those of its round only, and asks again for the others", async () => {
    const { ask, open } = held();
    const first = ask("a").catch(String);
    const second = ask("a");
    open[0]?.fail(new Error("gone"));
    expect(await first).toBe("Error: gone");
    await settled();
    open[1]?.answer("there");
    expect(await second).toBe("there");
    // Nothing is left behind: the next is a first one again.
    await settled();
    void ask("a");
    expect(open[2]?.callers).toBe(1);
  });
});
