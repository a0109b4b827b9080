import { handlers } from "@/lib/auth/auth";
import { markPublic } from "@/lib/auth/guards";

markPublic("Auth.js checks its own requests; signing in passes the same rules as the login page");

export const { GET, POST } = handlers;
