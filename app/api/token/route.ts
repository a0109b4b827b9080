import { createAccessToken } from "@/lib/auth/access-tokens";
import { contextOf } from "@/lib/auth/guards";
import { guardHandler } from "@/lib/auth/handler";
import { sessionLoader } from "@/lib/auth/request-loaders/session";

/** An access token for whoever is signed in. A token makes no others: it would never end. */
export const POST = guardHandler(
  "signed-in",
  async (_request, principal) => {
    const { accessToken, expiresAt } = await createAccessToken(await contextOf(principal), { id: principal.userId });
    return Response.json({ accessToken, expiresAt });
  },
  { requestLoaders: [sessionLoader] },
);
