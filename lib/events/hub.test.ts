import { afterEach, describe, expect, it } from "vitest";
import { noRequest } from "@/lib/context";
import { logTo } from "@/lib/log/log";
import type { Event } from "./event";
import { publish, subscribe, subscribersDone } from "./hub";

const event: Event<"signedOut"> = {
  user: { id: "1", loginId: "ann" },
  by: { kind: "system", id: null, label: "system" },
  request: noRequest,
};

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

const hear = (subscriber: () => void | Promise<void>) => {
  ended.push(subscribe("signedOut", subscriber));
};

/** What a subscriber waits for until the test says go. */
function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe("publish", () => {
  it("calls those who subscribed to this event, until they end it", async () => {
    const heard: string[] = [];
    const end = subscribe("signedOut", ({ user }) => {
      heard.push(user.loginId);
    });
    ended.push(subscribe("signedIn", () => void heard.push("wrong event")));
    publish("signedOut", event);
    end();
    publish("signedOut", event);
    await subscribersDone(10_000);
    expect(heard).toEqual(["ann"]);
  });

  it("survives subscribers that throw or reject, logs them, and calls the others", async () => {
    const logged: string[] = [];
    ended.push(logTo((line) => void logged.push(line)));
    const heard: string[] = [];
    hear(() => {
      throw new Error("thrown on purpose");
    });
    hear(async () => Promise.reject(new Error("rejected on purpose")));
    hear(() => void heard.push("third"));
    expect(() => publish("signedOut", event)).not.toThrow();
    await subscribersDone(10_000);
    expect(heard).toEqual(["third"]);
    expect(logged.join("\n")).toMatch(/thrown on purpose[\s\S]*rejected on purpose/);
  });

  it("waits for nobody", () => {
    const slow = latch();
    const done: string[] = [];
    hear(async () => {
      await slow.opened;
      done.push("slow");
    });
    publish("signedOut", event);
    expect(done).toEqual([]);
    slow.open();
  });
});

describe("subscribersDone", () => {
  it("waits for those who are at it, and for what they bring about", async () => {
    const done: string[] = [];
    const end = subscribe("signedOut", async () => {
      end();
      await new Promise((resolve) => setImmediate(resolve));
      hear(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        done.push("second");
      });
      publish("signedOut", event);
      done.push("first");
    });
    publish("signedOut", event);
    await subscribersDone(10_000);
    expect(done).toEqual(["first", "second"]);
  });

  it("does not wait for ever", async () => {
    const slow = latch();
    hear(() => slow.opened);
    publish("signedOut", event);
    await subscribersDone(1);
    slow.open();
  });
});
