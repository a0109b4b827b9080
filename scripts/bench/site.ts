import { symlinkSync } from "node:fs";
import path from "node:path";
import { addTo } from "@/e2e/support/additions";
import { copyProject } from "@/e2e/support/copies";
import { complete } from "@/e2e/support/process";
import { productionEnv } from "@/e2e/support/server";

/** The app with one page twice: once open to everybody, once behind its guards. They differ in nothing else. */

const PAGE = (guard: string, imports: string) => `import { ${imports} } from "@/lib/auth/guards";

${guard.startsWith("mark") ? `${guard}\n\n` : ""}export const dynamic = "force-dynamic";

export default async function Page() {
${guard.startsWith("mark") ? "" : `  ${guard}\n`}  return (
    <main>
      <h1>Rows</h1>
      <ul>
        {Array.from({ length: 25 }, (_, row) => (
          <li key={row}>Row {row}</li>
        ))}
      </ul>
    </main>
  );
}
`;

const FILES = {
  "app/bench-open/page.tsx": PAGE('markPublic("the twin of the guarded one");', "markPublic"),
  "app/bench-guarded/page.tsx": PAGE('await requirePermissions("auth-manage");', "requirePermissions"),
};

const ROUTES = `  "/bench-open": { allow: "public" },
  "/bench-guarded": { allow: "auth-manage" },
`;

/** Builds it. @returns its folder */
export async function buildSite(): Promise<string> {
  const folder = copyProject("bench");
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  addTo(folder, FILES, ROUTES);
  await complete("npm", ["run", "-s", "build"], { cwd: folder, env: productionEnv() });
  return folder;
}
