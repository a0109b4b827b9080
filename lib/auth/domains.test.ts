import { describe, expect, it } from "vitest";
import { config } from "@/lib/config/env";
import { withEnvironment } from "@/lib/testing/environment";
import { hasPasswordHere, isInDomainOf, isReservedLoginId, leavesClaimedDomain, mayComeBy } from "./domains";
import { canonicalLoginId } from "./login-id";

const client = { issuer: "https://id.example.com", clientId: "gatehouse", clientSecret: "secret" };

const withProfiles = <T>(profiles: Record<string, unknown>[], work: () => T, more = {}) =>
  withEnvironment(
    { OIDC_PROFILES: JSON.stringify(profiles.map((profile) => ({ client, ...profile }))), ...more },
    work,
  );

const profileNamed = (name: string) => {
  const profile = config().OIDC_PROFILES.find((each) => each.name === name);
  if (!profile) throw new Error(`no profile ${name}`);
  return profile;
};

const isReserved = (typed: string) => isReservedLoginId(canonicalLoginId(typed));

describe("a domain that a profile claims", () => {
  const spelt = [
    "corp.example.com",
    "CORP.Example.COM",
    "@corp.example.com",
    " corp.example.com ",
    "corp.example.com.",
    "ｃｏｒｐ.example.com",
    "corp。example。com",
  ];

  it.each(spelt)("is the same when it is configured as %j", async (domainFilter) => {
    await withProfiles([{ name: "corp", domainFilter }], () => {
      expect(isReserved("ann@corp.example.com")).toBe(true);
      expect(isReserved("ann@other.example.com")).toBe(false);
    });
  });

  it.each([
    "ann@corp.example.com",
    "Ann@CORP.EXAMPLE.COM",
    " ann@corp.example.com ",
    "ann＠corp.example.com",
    "ann@ｃｏｒｐ.example.com",
    '"a@b"@corp.example.com',
  ])("is that of %j", async (loginId) => {
    await withProfiles([{ name: "corp", domainFilter: ["corp.example.com"] }], () => {
      expect(isReserved(loginId)).toBe(true);
    });
  });

  it.each(["ann@sub.corp.example.com", "ann@notcorp.example.com", "ann@example.com", "corp.example.com", "ann", ""])(
    "is not that of %j",
    async (loginId) => {
      await withProfiles([{ name: "corp", domainFilter: ["corp.example.com"] }], () => {
        expect(isReserved(loginId)).toBe(false);
      });
    },
  );

  it.each([
    ["bücher.example", "ann@xn--bcher-kva.example"],
    ["xn--bcher-kva.example", "ann@BÜCHER.example"],
  ])("is the same in both forms of international names: %s", async (domainFilter, loginId) => {
    await withProfiles([{ name: "corp", domainFilter }], () => expect(isReserved(loginId)).toBe(true));
  });

  it("is left by a new login id elsewhere only", async () => {
    await withProfiles([{ name: "corp", domainFilter: "corp.example.com" }], () => {
      expect(leavesClaimedDomain("ann@corp.example.com", "ann@example.org")).toBe(true);
      expect(leavesClaimedDomain("ann@corp.example.com", "ann")).toBe(true);
      expect(leavesClaimedDomain("ann@corp.example.com", "anna@corp.example.com")).toBe(false);
      expect(leavesClaimedDomain("ann@example.org", "ann@corp.example.com")).toBe(false);
      expect(leavesClaimedDomain("ann@example.org", "ann@example.net")).toBe(false);
    });
  });
});

describe("who may come in by a profile", () => {
  it("is everybody whose domain nobody else claims", async () => {
    await withProfiles([{ name: "corp", domainFilter: "corp.example.com" }, { name: "open" }], () => {
      expect(mayComeBy(profileNamed("corp"), "ann@corp.example.com")).toBe(true);
      expect(mayComeBy(profileNamed("open"), "ann@corp.example.com")).toBe(false);
      expect(mayComeBy(profileNamed("open"), "ann@example.org")).toBe(true);
      expect(mayComeBy(profileNamed("corp"), "ann@example.org")).toBe(true);
      expect(isInDomainOf(profileNamed("open"), "ann@example.org")).toBe(false);
    });
  });

  it("are the people of a domain by each of the profiles that claim it", async () => {
    const both = [
      { name: "new", domainFilter: ["corp.example.com", "corp.example.org"] },
      { name: "old", domainFilter: "corp.example.com" },
    ];
    await withProfiles(both, () => {
      expect(["new", "old"].map((name) => mayComeBy(profileNamed(name), "ann@corp.example.com"))).toEqual([true, true]);
      expect(["new", "old"].map((name) => mayComeBy(profileNamed(name), "ann@corp.example.org"))).toEqual([
        true,
        false,
      ]);
    });
  });
});

describe("a password is kept here", () => {
  it.each([
    ["password", "ann@example.org", true],
    ["password", "ann@corp.example.com", false],
    ["ldap", "ann@example.org", false],
    ["redirect", "ann@example.org", false],
  ])("with LOGIN_AUTHENTICATOR=%s for %s: %s", async (authenticator, loginId, expected) => {
    const more = {
      LOGIN_AUTHENTICATOR: authenticator,
      LDAP_SERVER_URL: "ldap://localhost",
      LDAP_DN_FORMAT: "uid={}",
      REDIRECT_LOGIN_TARGET: "/login/corp",
    };
    await withProfiles(
      [{ name: "corp", domainFilter: "corp.example.com" }],
      () => expect(hasPasswordHere(loginId)).toBe(expected),
      more,
    );
  });
});
