import { type Surroundings, shellProblems, spanProblems } from "./docs/commands";
import { compileProblems } from "./docs/compile";
import { jsonProblems, scriptProblems } from "./docs/data";
import { type Block, type MarkdownDocument, readDocuments } from "./docs/document";
import { envProblems, foreignProblems, variableProblems } from "./docs/environment";
import { type Knowledge, knowledgeOf } from "./docs/knowledge";
import { linkProblems } from "./docs/links";
import { newEntities } from "./docs/new-entities";
import { processMemoryProblems } from "./docs/process-memory";
import { at, buildWorld, removeWorld } from "./docs/world";

type BlockCheck = (block: Block, surroundings: Surroundings) => string[] | Promise<string[]>;

const nothing: BlockCheck = () => [];

/** By language. What is not here is refused, so that no sample is left out unseen. */
const checks: Record<string, BlockCheck> = {
  // Compiled all at once.
  ts: nothing,
  tsx: nothing,
  // Read by PostgreSQL in docs-sql.test.ts.
  sql: nothing,
  text: nothing,
  js: scriptProblems,
  mjs: scriptProblems,
  json: jsonProblems,
  jsonc: jsonProblems,
  sh: shellProblems,
  bash: shellProblems,
  env: envProblems,
  // A file with sections is that of a service.
  ini: (block, knowledge) => (/^\[/m.test(block.code) ? foreignProblems : envProblems)(block, knowledge),
  ...Object.fromEntries(
    ["yaml", "toml", "csv", "dockerfile", "nginx", "caddyfile", "http", "html", "css", "diff", "ldif"].map(
      (language) => [language, foreignProblems],
    ),
  ),
};

async function blockProblems(block: Block, surroundings: Surroundings): Promise<string[]> {
  const check = Object.hasOwn(checks, block.language) ? checks[block.language] : undefined;
  if (check) return check(block, surroundings);
  const known = Object.keys(checks).join(", ");
  const what = block.language === "" ? "says no language" : `is in "${block.language}", which nobody checks`;
  return [`${at(block)}: the block ${what}; name one of ${known}.`];
}

async function textProblems(document: MarkdownDocument, surroundings: Surroundings): Promise<string[]> {
  const problems = await Promise.all(document.blocks.map((block) => blockProblems(block, surroundings)));
  // What has changed speaks of what is gone, too.
  const isHistory = document.path === "CHANGELOG.md";
  return [...problems.flat(), ...(isHistory ? [] : await spanProblems(document, surroundings))];
}

/**
 * What is wrong in the documents of the project in `root`: samples that do not compile, parse or run, and links that lead
 * nowhere; a sentence each.
 * @param knowledge what the project knows; looked up in the copy of it that the samples make
 */
export async function docsProblems(
  root: string,
  knowledge: (copy: string) => Promise<Knowledge> = knowledgeOf,
): Promise<string[]> {
  const documents = readDocuments(root);
  const world = buildWorld(
    root,
    documents.flatMap(({ blocks }) => blocks),
    newEntities(documents),
  );
  try {
    const [compiled, known] = await Promise.all([compileProblems(world), knowledge(world.root)]);
    const surroundings = { ...known, root: world.root };
    const texts = await Promise.all(documents.map((document) => textProblems(document, surroundings)));
    return [
      ...world.problems,
      ...compiled,
      ...texts.flat(),
      ...linkProblems(root, documents),
      ...variableProblems(root, documents, known),
      ...processMemoryProblems(root, documents),
    ];
  } finally {
    removeWorld(world);
  }
}

/** The check of `npm run check`: the problems of this project. */
export const checkDocs = (): Promise<string[]> => docsProblems(process.cwd());
