import { exportOf } from "@/app/admin/_screens/export";
import { access } from "@/lib/attempts/access";
import { guardHandler } from "@/lib/auth/handler";
import { entities } from "@/lib/entities";

/** All matching rows as a file: `?format=csv|xlsx` beside the list's own parameters. */
export const GET = guardHandler(access.list, (request, principal) => exportOf(entities.attempts, principal, request));
