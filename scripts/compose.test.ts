import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { parseEnv } from "@/lib/config/env";
import { variables } from "@/lib/config/variables";

type Service = {
  image?: string;
  build?: string;
  ports?: string[];
  environment?: Record<string, string>;
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
};

const { services } = parse(readFileSync("compose.yaml", "utf8")) as { services: Record<string, Service> };
const app = services.app?.environment ?? {};

const ANSWERS: Record<string, string> = {
  AUTH_SECRET: "hV3mQ8sT1xW6bN9kR4pZ7cL2yF5dJ0gA",
  POSTGRES_PASSWORD: "secret",
};

/** What Compose hands to the app: `${NAME}`, `${NAME:-what else}` and `${NAME:?complaint}` are filled in. */
const filled = (given: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(app).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_, key: string, otherwise = "") => given[key] ?? otherwise),
    ]),
  );

const problemsOf = (given: Record<string, string>) => {
  const parsed = parseEnv({ ...filled(given), NODE_ENV: "production" });
  return "problems" in parsed ? parsed.problems.map(({ name }) => name) : [];
};

it("compose.yaml gives the app variables that it knows, and those with which it starts in production", () => {
  expect(Object.keys(variables.shape)).toEqual(expect.arrayContaining(Object.keys(app)));
  expect(problemsOf(ANSWERS)).toEqual([]);
  expect(problemsOf({ ...ANSWERS, LOGIN_AUTHENTICATOR: "ldap" })).toEqual([]);
});

it("it brings no secret of its own: without one from outside Compose refuses, and so would the app", () => {
  expect(app.AUTH_SECRET).toMatch(/^\$\{AUTH_SECRET:\?/);
  expect(services.db?.environment?.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  expect(problemsOf({})).toContain("AUTH_SECRET");
});

it("nobody else on the network reaches what it starts, and everything is waited for until it is well", () => {
  for (const [name, { image, build, ports = [], healthcheck, depends_on = {} }] of Object.entries(services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    if (!build) expect(image, name).toMatch(/:v?\d[\d.]*$/);
    // That of the app is in its image.
    if (name !== "app") expect(healthcheck, name).toBeDefined();
    for (const other of Object.keys(depends_on)) expect(services).toHaveProperty(other);
  }
  expect(Object.keys(services.app?.depends_on ?? {}).sort()).toEqual(
    Object.keys(services)
      .filter((name) => name !== "app")
      .sort(),
  );
});

it("provider and directory know what the app asks them for", () => {
  const realm = JSON.parse(readFileSync("deploy/try/keycloak/example.json", "utf8"));
  const [profile] = JSON.parse(app.OIDC_PROFILES ?? "[]");
  expect(profile.client.issuer).toBe(`http://localhost:8080/realms/${realm.realm}`);
  expect(realm.clients).toMatchObject([
    {
      clientId: profile.client.clientId,
      secret: profile.client.clientSecret,
      redirectUris: [`${app.AUTH_URL}/api/auth/callback/${profile.name}`],
    },
  ]);
  expect(realm.users).toMatchObject([{ email: expect.stringMatching(`@${profile.domainFilter}$`) }]);
  expect(readFileSync("deploy/try/openldap/people.ldif", "utf8")).toContain(`dn: ${app.LDAP_SEARCH_BASE}\n`);
});
