import { addTo } from "./additions";

/** What somebody may write who wants guards to be otherwise (docs/guards.md), for a copy of the project. */

/** People of this domain satisfy everything but the condition of the app. */
export const SHUT_OUT = "left.example";

/** What a request from a machine carries. */
export const MACHINE_HEADER = "x-machine-user";

const FILES = {
  "lib/app-condition.ts": `import type { Condition } from "@/lib/auth/conditions";

export const appCondition: Condition | null = ({ loginId }) => !loginId.endsWith("@${SHUT_OUT}");
`,
  "app/own-guards/page.tsx": `import { redirect } from "next/navigation";
import { requirePermissions } from "@/lib/auth/guards";

export default async function OwnGuardsPage() {
  const principal = await requirePermissions("auth-manage", {
    onAuthenticationFailure: () => redirect("/forgot-password"),
    onAuthorizationFailure: ({ userId }) => redirect(\`/account?from=\${userId}\`),
  });
  return <p>{principal.loginId}</p>;
}
`,
  "app/api/own-guards/route.ts": `import { guardHandler } from "@/lib/auth/handler";
import { principalOf } from "@/lib/auth/principal-columns";
import type { RequestLoader } from "@/lib/auth/request-loaders/loader";

const machineLoader: RequestLoader = {
  name: "machine",
  isAmbient: false,
  isMeant: ({ header }) => header("${MACHINE_HEADER}") !== null,
  load: ({ header }) => principalOf(header("${MACHINE_HEADER}") ?? ""),
};

export const GET = guardHandler("auth-manage", (_request, principal) => Response.json({ for: principal.loginId }), {
  onAuthenticationFailure: () => Response.json({ for: "nobody" }, { status: 404 }),
  onAuthorizationFailure: (_request, { loginId }) => Response.json({ not: loginId }, { status: 418 }),
});

export const POST = guardHandler("signed-in", (_request, principal) => Response.json({ for: principal.loginId }), {
  requestLoaders: [machineLoader],
});

export const OPTIONS = guardHandler("auth-manage", (_request, principal) => Response.json({ principal }), {
  httpMethodsExcluded: ["OPTIONS"],
});
`,
};

const ROUTES = `  "/own-guards": { allow: "auth-manage", leftToGuard: true },
  "/api/own-guards": { allow: "auth-manage", leftToGuard: true },
`;

/** Writes them into the copy at `folder`. */
export const addOwnGuards = (folder: string): void => addTo(folder, FILES, ROUTES);
