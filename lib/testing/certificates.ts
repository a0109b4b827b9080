import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** Certificates of a test's own, made by the openssl program. */

function openssl(...args: string[]): void {
  try {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error("There is no openssl here: apt-get install openssl (Debian).");
  }
}

/** EC keys, which are made at once. */
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/**
 * An authority, a certificate that it has signed for localhost and 127.0.0.1, and another authority that has signed nothing.
 * @param folder to put the files into
 */
export function makeAuthority(folder: string) {
  const file = (name: string) => path.join(folder, name);
  const authority = (name: string) =>
    openssl(
      "req",
      "-x509",
      ...NEW_KEY,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      file(`${name}.key`),
      "-out",
      file(`${name}.crt`),
    );
  authority("authority");
  authority("stranger");
  writeFileSync(file("names.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl("req", ...NEW_KEY, "-subj", "/CN=localhost", "-keyout", file("server.key"), "-out", file("server.csr"));
  openssl(
    ...["x509", "-req", "-in", file("server.csr"), "-CA", file("authority.crt"), "-CAkey", file("authority.key")],
    ...["-CAcreateserial", "-days", "2", "-extfile", file("names.cnf"), "-out", file("server.crt")],
  );
  return {
    caFile: file("authority.crt"),
    otherCaFile: file("stranger.crt"),
    certificateFile: file("server.crt"),
    keyFile: file("server.key"),
  };
}
