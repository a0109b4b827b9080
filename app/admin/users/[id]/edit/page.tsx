import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { EditScreen } from "@/app/admin/_screens/form";
import { saveUser } from "@/app/admin/users/actions";
import { UserForm } from "@/app/admin/users/form";
import { LockNotice } from "@/app/admin/users/lock-notice";
import { SyncedGroupsNotice } from "@/app/admin/users/synced-groups-notice";
import { userWords } from "@/app/admin/users/words";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/users/access";
import { syncedGroupsOf } from "@/lib/users/synced-groups";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("list"))("edit") };
}

export default async function EditUserPage({ params, searchParams }: PageProps<"/admin/users/[id]/edit">) {
  const principal = await requirePermissions(access.edit);
  const [{ id }, query] = [await params, await searchParams];
  const back = typeof query.from === "string" ? `?${new URLSearchParams({ from: query.from })}` : "";
  return (
    <EditScreen
      entity={entities.users}
      principal={principal}
      id={id}
      searchParams={query}
      notice={
        <>
          <LockNotice principal={principal} id={id} from={`/admin/users/${id}/edit${back}`} />
          <SyncedGroupsNotice synced={await syncedGroupsOf(await contextOf(principal), id)} />
        </>
      }
      action={saveUser}
      Form={UserForm}
      words={await userWords("existing")}
    />
  );
}
