import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { withEnvironment } from "@/lib/testing/environment";
import { failureFields } from "./failure";
import { humanLine } from "./human-line";
import { type LogFields, logOf, logTo } from "./log";
import { redacted } from "./redact";
import { enterRequest } from "./request";

const lines: string[] = [];
const restore = logTo((json) => lines.push(json));
afterEach(() => {
  lines.length = 0;
});
const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

const log = logOf("mail");

describe("a line", () => {
  it("is JSON with time, level, area, message and named facts", () => {
    log.warn("not sent", { tries: 2, to: ["a", "b"], fault: "refused" });
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(logged()).toEqual([
      {
        level: "warn",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        area: "mail",
        msg: "not sent",
        tries: 2,
        to: ["a", "b"],
        fault: "refused",
      },
    ]);
  });

  it("names the request it was written for, also after waiting", async () => {
    const serve = async (requestId: string) => {
      enterRequest({ requestId });
      await new Promise((resolve) => setImmediate(resolve));
      log.info("served", { own: requestId });
    };
    await Promise.all(["one", "two", "three"].map(serve));
    for (const { requestId, own } of logged()) expect(requestId).toBe(own);
    expect(logged()).toHaveLength(3);
  });

  it.each(["password", "newPassword", "token", "idToken", "secret", "cookie", "Set-Cookie", "Authorization", "code"])(
    "never has the value of %s",
    (name) => {
      log.info("seen", { [name]: "s3cret", user: "ann" });
      expect(logged()[0]).toMatchObject({ [name]: "[redacted]", user: "ann" });
      expect(lines.join()).not.toContain("s3cret");
    },
  );

  it("has no secret further in either, whoever hands it over", () => {
    const headers = { a: [{ cookie: "s3cret", host: "here" }] };
    log.info("seen", headers as unknown as LogFields);
    expect(logged()[0]).toMatchObject({ a: [{ cookie: "[redacted]", host: "here" }] });
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(JSON.stringify(redacted(circle))).toContain("[…]");
  });
});

describe("LOG_LEVEL", () => {
  it.each([
    ["debug", ["debug", "info", "warn", "error"]],
    [undefined, ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
    ["silent", []],
  ])("%s lets through %j", async (LOG_LEVEL, expected) => {
    await withEnvironment({ LOG_LEVEL }, () => {
      for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
    });
    expect(logged().map(({ level }) => level)).toEqual(expected);
  });
});

describe("what is told of a failure", () => {
  it("is what the driver says, without the statement and its parameters", () => {
    const outer = new Error("Failed query: insert … params: $argon2id$hash", { cause: new Error("no such\ntable") });
    log.error("failed", failureFields(outer));
    expect(logged()[0]).toMatchObject({ fault: "no such table", type: "Error" });
    expect(logged()[0]?.stack).toContainEqual(expect.stringMatching(/^at .*log\.test\.ts/));
    expect(lines.join()).not.toContain("argon2");
  });
});

describe("for people", () => {
  it("a line says area, message, fault and facts, in this order", () => {
    log.warn("not sent", { tries: 2, to: "ann", fault: "refused" });
    expect(humanLine(lines[0] ?? "")).toBe("[mail] not sent: refused (tries=2, to=ann)\n");
  });

  it("moves no cursor", () => {
    log.warn("hello\u001b[2J\r\nforged");
    expect(humanLine(lines[0] ?? "")).toBe("[mail] hello [2J forged\n");
  });

  it("goes to stderr, and leaves stdout to what was asked for", () => {
    restore();
    const program = 'import { logOf } from "@/lib/log/log"; logOf("db").error("lost"); process.stdout.write("[]");';
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const args = ["--import", "tsx", "--input-type=module", "-e", `${program} process.stderr.write("end");`];
    expect(execFileSync(process.execPath, args, { stdio: [...stdio], encoding: "utf8" })).toBe("[]");
  });
});
