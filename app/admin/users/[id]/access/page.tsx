import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { UserAccessScreen } from "@/app/admin/_screens/access";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/users/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("access") };
}

export default async function UserAccessPage({ params, searchParams }: PageProps<"/admin/users/[id]/access">) {
  const principal = await requirePermissions(access.list);
  return <UserAccessScreen principal={principal} id={(await params).id} searchParams={await searchParams} />;
}
