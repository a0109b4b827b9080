/** What `npm run auth -- doctor` has looked at and found: a key below `cli.doctor` in the messages, with its arguments. */
export type Finding = {
  /** A warning is told, but is no failure. */
  state: "ok" | "warning" | "wrong";
  key: string;
  params?: Record<string, string | number>;
};

export const ok = (key: string, params?: Finding["params"]): Finding => ({
  state: "ok",
  key,
  ...(params && { params }),
});

export const warning = (key: string, params?: Finding["params"]): Finding => ({ ...ok(key, params), state: "warning" });

export const wrong = (key: string, params?: Finding["params"]): Finding => ({ ...ok(key, params), state: "wrong" });
