import { expect, it } from "vitest";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { uniqueName, userInput } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { everythingStored, storedUser } from "@/lib/testing/records";
import { findUserByLoginId, setLocale } from "@/lib/users/service";
import { createUserWith, refuseFurtherArguments } from "./new-user";
import { newUserHook } from "./new-user-hook";

setUpTestDatabase();

const newInput = () => userInput({ loginId: `${uniqueName("ann")}@example.com` });

it("hands the further arguments on in the transaction that adds the user", async () => {
  const input = newInput();
  const id = await createUserWith(testContext(), input, { locale: "es" }, async (tx, user) => {
    expect(user).toEqual({ id: user.id, loginId: input.loginId, args: { locale: "es" } });
    // Nobody else can see the user yet.
    expect(await findUserByLoginId(testContext(), input.loginId)).toBeUndefined();
    await setLocale(tx, user.id, user.args.locale ?? "");
  });
  expect(await storedUser(id)).toMatchObject({ loginId: input.loginId, locale: "es" });
});

it("adds nobody when the hook fails", async () => {
  const before = await everythingStored();
  const failing = async () => {
    throw new Error("the other system is away");
  };
  await expect(createUserWith(testContext(), newInput(), {}, failing)).rejects.toThrow("the other system is away");
  expect(await everythingStored()).toEqual(before);
});

it("says so where nothing takes an argument, and adds nobody", async () => {
  const before = await everythingStored();
  const failure = await failureOf(
    createUserWith(testContext(), newInput(), { locale: "es", shoeSize: "" }, refuseFurtherArguments),
  );
  expect(failure).toMatchObject({
    fields: { locale: { key: "argumentUnhandled" }, shoeSize: { key: "argumentUnhandled" } },
  });
  expect(await everythingStored()).toEqual(before);
});

it("needs no hook where there is nothing to hand on", async () => {
  await expect(createUserWith(testContext(), newInput(), {}, newUserHook)).resolves.toBeDefined();
});

it("leads to whoever has the login already", async () => {
  const input = newInput();
  await createUserWith(testContext(), input, {}, newUserHook);
  expect(await failureOf(createUserWith(testContext(), input, {}, newUserHook))).toMatchObject({
    fields: { loginId: { key: "loginIdTaken" } },
  });
});
