import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** Certificates of a test's own, made by the openssl program. */

/** Files in PEM form. */
export type TestCertificates = {
  caFile: string;
  /** An authority that has signed nothing here. */
  otherCaFile: string;
  /** By the authority, for localhost and 127.0.0.1. */
  certificateFile: string;
  keyFile: string;
  /** By the authority, for the same key and another host. */
  elsewhereFile: string;
};

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

/** An authority, certificates that it has signed, and another authority. They are good for two days. */
export function makeCertificates(folder: string): TestCertificates {
  const file = (name: string) => path.join(folder, name);
  const authority = (name: string) => {
    const files = ["-keyout", file(`${name}.key`), "-out", file(`${name}.crt`)];
    openssl("req", "-x509", ...NEW_KEY, "-days", "2", "-subj", `/CN=${name}`, ...files);
  };
  const signed = (name: string, hosts: string) => {
    writeFileSync(file(`${name}.cnf`), `subjectAltName=${hosts}\n`);
    const by = ["-CA", file("authority.crt"), "-CAkey", file("authority.key"), "-CAcreateserial"];
    const request = ["-req", "-in", file("server.csr"), "-extfile", file(`${name}.cnf`), "-days", "2"];
    openssl("x509", ...request, ...by, "-out", file(`${name}.crt`));
    return file(`${name}.crt`);
  };
  authority("authority");
  authority("stranger");
  openssl("req", ...NEW_KEY, "-subj", "/CN=localhost", "-keyout", file("server.key"), "-out", file("server.csr"));
  return {
    caFile: file("authority.crt"),
    otherCaFile: file("stranger.crt"),
    certificateFile: signed("server", "DNS:localhost,IP:127.0.0.1"),
    keyFile: file("server.key"),
    elsewhereFile: signed("elsewhere", "DNS:directory.example.test,IP:127.0.0.99"),
  };
}
