import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { createAccessToken } from "@/lib/auth/access-tokens";
import { testContext } from "@/lib/testing/context";
import { createTestGroup, createTestUser } from "@/lib/testing/factories";
import { run } from "@/scripts/processes";
import { startSite } from "./site";
import { HEADERS, PATHS, VALUES } from "./words";

/**
 * `node --import tsx scripts/attack/tools.ts [hydra] [ffuf] [sqlmap] [wapiti]`: runs open-source attackers against the
 * production build, on loopback and on a database of its own. They are not installed by it. What they say goes to
 * .data/attack/, and has to be read: docs/security/attacks.md tells what they have found so far.
 */

const OUTPUT = path.resolve(".data/attack");
/** Where the right password stands among the guesses; ATTEMPT_LIMIT is 15. */
const [EARLY, LATE] = [5, 30];

const wanted = process.argv.slice(2);
mkdirSync(OUTPUT, { recursive: true });
const site = await startSite();
const ctx = testContext();
const root = await createTestUser({ loginId: "root@example.com", isSuperuser: true });
const victim = await createTestUser({ loginId: "victim@example.com", password: "a long walk in the rain" });
const control = await createTestUser({ loginId: "control@example.com", password: "a long walk in the rain" });
for (let n = 0; n < 30; n += 1) await createTestUser({ loginId: `person-${n}@example.com` });
const group = await createTestGroup({ name: "Staff" });
const cookie = await cookieOf(ctx, root.id);
const { accessToken } = await createAccessToken(ctx, root, { minutes: 600 });
const csrf = await clientOf(site.url)("GET", "/api/auth/csrf");
const csrfCookie = csrf.headers
  .getSetCookie()
  .map((line) => line.replace(/;.*/, ""))
  .join("; ");
const csrfToken = String(csrf.json.csrfToken);

function list(name: string, words: readonly string[]): string {
  const file = path.join(OUTPUT, name);
  writeFileSync(file, `${words.join("\n")}\n`);
  return file;
}

const guessesWith = (place: number) =>
  Array.from({ length: 60 }, (_, n) => (n === place - 1 ? "a long walk in the rain" : `guess ${n}`));
/** Colons end a part of hydra's description of a form. */
const escaped = (text: string) => text.replaceAll(":", "\\:");

const hydra = (): string[][] => {
  const headers = [`H=Cookie\\: ${escaped(csrfCookie)}`, `H=Origin\\: ${escaped(site.url)}`].join(":");
  const form = `/api/auth/callback/password:csrfToken=${csrfToken}&loginId=^USER^&password=^PASS^`;
  const module = ["http-post-form", `${form}:${headers}:S=gatehouse-session=`];
  const against = (loginId: string, place: number) => {
    const passwords = list(`passwords-${place}.txt`, guessesWith(place));
    const options = ["-l", loginId, "-P", passwords, "-t", "4", "-s", new URL(site.url).port, "-I"];
    return ["hydra", ...options, "127.0.0.1", ...module];
  };
  // The second one has to find it: otherwise the first has shown nothing.
  return [against(victim.loginId, LATE), against(control.loginId, EARLY)];
};

const ffuf = (): string[][] => {
  const common = ["-t", "4", "-mc"];
  const lists = { NAME: list("headers.txt", HEADERS), VALUE: list("values.txt", VALUES) };
  const words = Object.entries(lists).flatMap(([place, file]) => ["-w", `${file}:${place}`]);
  const headers = [...words, "-H", "NAME: VALUE"];
  return [
    ["ffuf", "-u", `${site.url}/FUZZ`, "-w", list("paths.txt", PATHS), ...common, "200-299,400-499,500-599"],
    ["ffuf", "-u", `${site.url}/admin/users`, ...headers, ...common, "200-302,304-399,500-599"],
    ["ffuf", "-u", `${site.url}/api/users`, ...headers, ...common, "200-399,500-599"],
  ];
};

const sqlmap = (): string[][] => {
  const common = ["--batch", "--flush-session", "--threads=1", "--dbms=PostgreSQL", "--technique=BEUS"];
  const quiet = [...common, "--disable-coloring", "--output-dir", path.join(OUTPUT, "sqlmap")];
  const query = "q=ann&loginId=ann&sort=loginId&page=1&size=5&isEnabled=true&createdAt=2026-01-01..2026-12-31";
  const asRoot = ["--headers", `Authorization: Bearer ${accessToken}`];
  const json = JSON.stringify({ name: "injected" });
  return [
    ["sqlmap", "-u", `${site.url}/admin/users?${query}`, "--cookie", cookie, ...quiet],
    ["sqlmap", "-u", `${site.url}/api/users?${query}`, ...asRoot, ...quiet],
    ["sqlmap", "-u", `${site.url}/api/groups/${group}*`, ...asRoot, ...quiet],
    ["sqlmap", "-u", `${site.url}/api/groups`, "--data", json, ...asRoot, ...quiet],
    [
      ...["sqlmap", "-u", `${site.url}/api/auth/callback/password`, "--cookie", csrfCookie, "--ignore-redirects"],
      ...["--data", `csrfToken=${csrfToken}&loginId=ann@example.com&password=x`, "--headers", `Origin: ${site.url}`],
      ...["-p", "loginId,password", ...quiet],
    ],
  ];
};

/** Debian's 3.0.4 makes a pattern of an excluded address that its Python does not take; this one does the same. */
const WAPITI = `
import re, runpy, sys
import wapitiCore.net.crawler as crawler
crawler.wildcard_translate = lambda address: re.compile(re.escape(address) + ".*")
sys.argv[0] = "wapiti"
runpy.run_path("/usr/bin/wapiti", run_name="__main__")`;

const wapiti = (): string[][] => {
  const limits = ["--max-scan-time", "120", "--max-attack-time", "60", "--depth", "4"];
  // What guesses names and passwords is left to ffuf and hydra.
  const modules = "blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss";
  const more = "redirect,shellshock,sql,xss,xxe";
  const report = ["-f", "txt", "-o", path.join(OUTPUT, "wapiti-report.txt")];
  return [
    [
      ...["/usr/bin/python3", "-c", WAPITI, "-u", `${site.url}/`, "--no-bugreport"],
      ...["/admin/users", "/account"].flatMap((start) => ["-s", site.url + start]),
      ...["--scope", "domain", "-x", `${site.url}/logout`, "-H", `Cookie: ${cookie}`, "--flush-session"],
      ...["-m", `${modules},${more}`, ...limits, ...report],
    ],
  ];
};

const tools = { hydra, ffuf, sqlmap, wapiti };

try {
  for (const [name, commands] of Object.entries(tools)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const said: string[] = [];
    for (const [command = "", ...args] of commands()) {
      console.log(`\n$ ${[command, ...args].join(" ").slice(0, 160)}`);
      const { code, output } = await run(command, args, { isQuiet: true });
      said.push(`$ ${[command, ...args].join(" ")}\n${output}\nended with ${code}\n`);
    }
    writeFileSync(path.join(OUTPUT, `${name}.txt`), said.join("\n"));
    console.log(`See ${path.join(OUTPUT, `${name}.txt`)}`);
  }
} finally {
  // What they made the server say is a finding too.
  writeFileSync(path.join(OUTPUT, "server.txt"), site.output());
  await site.stop();
}
