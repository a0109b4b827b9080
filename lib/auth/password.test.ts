import { verify } from "@node-rs/argon2";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { hashPassword, PASSWORD_MAX_BYTES, verifyPassword } from "./password";

// Counts the calls and lets them through.
vi.mock(import("@node-rs/argon2"), async (importOriginal) => {
  const real = await importOriginal();
  return { ...real, verify: vi.fn(real.verify) };
});

const PASSWORD = "correct horse battery staple";

/** As typed on Linux, and as typed on a Mac. */
const COMPOSED = "p\u00e4ssw\u00f6rd-is-long";
const DECOMPOSED = "pa\u0308sswo\u0308rd-is-long";

beforeEach(() => {
  vi.mocked(verify).mockClear();
});

describe("hashPassword", () => {
  it("is argon2id with 19 MiB, two passes and one lane, salted", async () => {
    const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(one).not.toContain(PASSWORD);
  });
});

describe("verifyPassword", () => {
  it("tells the right password from wrong ones", async () => {
    const stored = await hashPassword(PASSWORD);
    expect(await verifyPassword(stored, PASSWORD)).toBe(true);
    for (const wrong of ["", PASSWORD.toUpperCase(), `${PASSWORD} `, ` ${PASSWORD}`, PASSWORD.slice(0, -1)]) {
      expect(await verifyPassword(stored, wrong)).toBe(false);
    }
  });

  it("does not mind in which Unicode form a password arrives", async () => {
    expect(await verifyPassword(await hashPassword(COMPOSED), DECOMPOSED)).toBe(true);
    expect(await verifyPassword(await hashPassword(DECOMPOSED), COMPOSED)).toBe(true);
    expect(await verifyPassword(await hashPassword("\ufb01ne and long enough"), "fine and long enough")).toBe(false);
  });

  it.each([null, undefined])("does the same work for nobody's hash: %s", async (stored) => {
    expect(await verifyPassword(stored, PASSWORD)).toBe(false);
    expect(await verifyPassword(stored, "a password that nobody has")).toBe(false);
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it.each(["", "x", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$", "$2b$12$abcdefghijklmnopqrstuv", PASSWORD])(
    "takes no password for the broken hash %j",
    async (stored) => {
      expect(await verifyPassword(stored, PASSWORD)).toBe(false);
    },
  );

  it("compares all of 1024 bytes, and refuses more without hashing", async () => {
    const longest = "x".repeat(PASSWORD_MAX_BYTES);
    const stored = await hashPassword(longest);
    expect(await verifyPassword(stored, longest)).toBe(true);
    expect(await verifyPassword(stored, `${longest.slice(0, -1)}y`)).toBe(false);
    vi.mocked(verify).mockClear();
    expect(await verifyPassword(stored, `${longest}x`)).toBe(false);
    expect(await verifyPassword(stored, "\u00e4".repeat(PASSWORD_MAX_BYTES / 2 + 1))).toBe(false);
    expect(verify).not.toHaveBeenCalled();
  });
});
