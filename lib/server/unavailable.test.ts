import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Forbidden, Unavailable } from "@/lib/errors";
import { enterRequest } from "@/lib/log/request";
import { noteUnavailable, tellUnavailable } from "./unavailable";

/** A server that meets `error` and answers as Next.js does. */
let error: unknown;
let status = 500;
const server = http.createServer((_, response) => {
  const request = { requestId: "one" };
  enterRequest(request);
  tellUnavailable(response, request);
  setImmediate(() => {
    noteUnavailable(error);
    response.statusCode = status;
    response.end("failed");
  });
});
let url = "";
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const gone = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

it.each([
  ["a database out of reach", gone, 500, [503, "5"]],
  ["the same below what wraps it", new Error("Failed query", { cause: gone }), 500, [503, "5"]],
  ["something else out of reach", new Unavailable(), 500, [503, "5"]],
  ["a mistake", new TypeError("undefined is not a function"), 500, [500, null]],
  ["a refusal", new Forbidden(), 500, [500, null]],
  ["a page that went well all the same", gone, 200, [200, null]],
])("%s", async (_, met, answered, expected) => {
  error = met;
  status = answered;
  const response = await fetch(url, { headers: { connection: "close" } });
  expect([response.status, response.headers.get("retry-after")]).toEqual(expected);
  expect(await response.text()).toBe("failed");
});
