import { guardHandler } from "@/lib/auth/handler";

/** The signed-in user and what they may do. */
export const GET = guardHandler("signed-in", (_request, principal) =>
  Response.json({
    user: { id: principal.userId, loginId: principal.loginId, isSuperuser: principal.isSuperuser },
    permissions: [...principal.permissions].sort(),
  }),
);
