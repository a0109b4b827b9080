import { expect, it } from "vitest";
import { enterRequest } from "@/lib/log/request";
import { oncePerRequest } from "./once";

/** As Node does: what is done for a request goes on from where it was announced. */
const request = <T>(requestId: string, serve: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      enterRequest({ requestId });
      serve().then(resolve, reject);
    });
  });

function counter() {
  let calls = 0;
  return async () => {
    calls += 1;
    return calls;
  };
}

it("is done once for a request, by whoever asks first", async () => {
  const work = counter();
  const outcome = await request("a", async () => [await oncePerRequest("k", work), await oncePerRequest("k", work)]);
  expect(outcome).toEqual([1, 1]);
});

it("is done anew for another key, another request of the same id, and outside of requests", async () => {
  const work = counter();
  expect(await request("a", async () => [await oncePerRequest("k", work), await oncePerRequest("l", work)])).toEqual([
    1, 2,
  ]);
  expect(await request("a", () => oncePerRequest("k", work))).toBe(3);
  expect([await oncePerRequest("k", work), await oncePerRequest("k", work)]).toEqual([4, 5]);
});

it("is done anew after a failure", async () => {
  const failing = () => Promise.reject(new Error("on purpose"));
  await request("a", async () => {
    await expect(oncePerRequest("k", failing)).rejects.toThrow("on purpose");
    expect(await oncePerRequest("k", async () => "then")).toBe("then");
  });
});
