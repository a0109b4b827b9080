import { forbidden } from "next/navigation";
import { markPublic } from "@/lib/auth/guards";

markPublic("shows nothing but the 403 page; the middleware sends refused visitors here");

export default function RefusedPage() {
  forbidden();
}
