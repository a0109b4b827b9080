import type { Metadata } from "next";
import { PasswordLinkScreen, passwordLinkTexts } from "@/app/(auth)/_password-link/screen";
import { markPublic } from "@/lib/auth/guards";

markPublic("the link proves who sets the password");

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await passwordLinkTexts("reset"))("title") };
}

export default function ResetPasswordPage() {
  return <PasswordLinkScreen purpose="reset" />;
}
