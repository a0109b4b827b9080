import { type GrantField, grantJudge, lackingBehind } from "@/lib/auth/granting";
import type { Context } from "@/lib/context";
import type { Hooks } from "@/lib/crud/entity";
import { addedBy } from "@/lib/crud/relations";
import type { Problem } from "@/lib/errors";

/** For what gives access when somebody holds it: nobody puts more into it than they have themselves. */
export const grantingHooks: Hooks = {
  beforeSave: async (tx, changes) => {
    const judge = await grantJudge(
      tx,
      changes.map(({ relations }) => addedBy(relations)),
    );
    return ({ relations }) => judge(addedBy(relations));
  },
};

/** The same rule told in advance: what the actor could not give, and for lack of which permissions. */
export async function grantChoiceRules(ctx: Context, field: string, ids: string[]): Promise<Map<string, Problem>> {
  const lacking = await lackingBehind(ctx, field as GrantField, ids);
  return new Map(
    [...lacking].map(([id, tokens]) => [
      id,
      { key: "grantsTooMuch", params: { permissions: [...new Set(tokens)].sort().join(", ") } },
    ]),
  );
}
