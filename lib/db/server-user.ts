import { spawnSync } from "node:child_process";

export type Command = { file: string; args: string[]; options: { uid?: number; gid?: number } };

/** The user that runs the database server when this process is root: PostgreSQL refuses to run as root. */
export type ServerUser = { uid: number; gid: number };

const idOf = (flag: "-u" | "-g", user: string) => Number(spawnSync("id", [flag, user]).stdout?.toString());

export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    const [uid, gid] = [idOf("-u", user), idOf("-g", user)];
    if (uid > 0) return { uid, gid };
  }
  throw new Error("it may not run as root, and this system has no user postgres or nobody.");
}

/**
 * A command as `user`. Where setpriv (util-linux) is present, the user may also read below folders that only root can
 * enter, such as a clone in /root or in a fresh temporary folder.
 */
export function commandAs(user: ServerUser | undefined, file: string, args: string[]): Command {
  if (!user) return { file, args, options: {} };
  const drop = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  // access(2) honours the capability of a user other than root only together with this bit.
  const enter = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"];
  if (spawnSync("setpriv", [...drop, ...enter, "true"]).status === 0) {
    return { file: "setpriv", args: [...drop, ...enter, file, ...args], options: {} };
  }
  return { file, args, options: user };
}
