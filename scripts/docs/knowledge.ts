import { readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { authProgram } from "@/lib/cli/program";
import { cliTexts } from "@/lib/cli/texts";
import { parseEnv } from "@/lib/config/env";
import { variables } from "@/lib/config/variables";
import { newProgram } from "@/scripts/new/program";
import { servedPaths } from "./route-types";

/** What samples may speak of, apart from code. */
export type Knowledge = {
  /** Names of the scripts in package.json. */
  scripts: string[];
  /** By script: the program that reads what is behind `--`. */
  programs: Record<string, () => Command | Promise<Command>>;
  /** Paths that are served, in the way of Next.js. */
  paths: string[];
  /** The environment variables of the app. */
  variables: string[];
  /** What it takes those for that are not set, as they would be written; empty for nothing. */
  defaults: Record<string, string>;
  /** Those that it reads together with what samples add. */
  sampleVariables: string[];
  /** What the app would say at start, if these were its variables. */
  configurationProblems: (values: Record<string, string | undefined>) => { name: string; problem: string }[];
};

function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

type ConfigModules = { parseEnv: typeof parseEnv; variables: typeof variables };

/** The configuration as samples have changed it; or as it is, where their code does not even parse. */
async function configOf(root: string): Promise<ConfigModules> {
  const file = (name: string): Promise<object> => import(path.join(root, "lib/config", name));
  const changed = Promise.all([file("env.ts"), file("variables.ts")]);
  return changed.then(
    ([env, schema]) => ({ ...env, ...schema }) as ConfigModules,
    () => ({ parseEnv, variables }),
  );
}

async function auth(): Promise<Command> {
  const noDatabase = () => Promise.reject(new Error("No command is run."));
  return authProgram({ texts: await cliTexts(), context: noDatabase, print: () => {} });
}

/** lib/cli/seed.ts looks for the word by itself. */
const seed = () => new Command("npm run seed --").option("--demo");

/** What the project in `root` knows; a copy of it, in which variables of samples are known too. */
export async function knowledgeOf(root: string): Promise<Knowledge> {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };
  const config = await configOf(root);
  return {
    scripts: Object.keys(scripts),
    programs: { auth, seed, new: () => newProgram(() => {}) },
    paths: [...servedPaths(root), "/icon.svg", "/favicon.ico"],
    variables: Object.keys(variables.shape),
    defaults: Object.fromEntries(Object.entries(variables.parse({})).map(([name, value]) => [name, written(value)])),
    sampleVariables: Object.keys(config.variables.shape),
    configurationProblems: (values) => {
      const result = config.parseEnv(values);
      return "problems" in result ? result.problems : [];
    },
  };
}
