import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";

/** The arguments and `<tags>` of a message by name, each with the kind of value that it takes. */
export type MessageArguments = Map<string, string>;

function collect(elements: MessageFormatElement[], found: MessageArguments): void {
  const add = (name: string, kind: string) => {
    // `{n, plural, other {… {n}}}` takes a number wherever n stands.
    if (kind !== "text" || !found.has(name)) found.set(name, kind);
  };
  for (const element of elements) {
    switch (element.type) {
      case TYPE.argument:
        add(element.value, "text");
        break;
      // A language without plural forms writes a number where another has a plural.
      case TYPE.number:
        add(element.value, "number");
        break;
      case TYPE.plural:
        add(element.value, "number");
        for (const option of Object.values(element.options)) collect(option.value, found);
        break;
      case TYPE.date:
      case TYPE.time:
        add(element.value, "date");
        break;
      case TYPE.select:
        add(element.value, `one of ${Object.keys(element.options).sort().join(", ")}`);
        for (const option of Object.values(element.options)) collect(option.value, found);
        break;
      case TYPE.tag:
        add(`<${element.value}>`, "tag");
        collect(element.children, found);
        break;
      case TYPE.literal:
      case TYPE.pound:
        break;
    }
  }
}

/** @throws when the message is not well-formed ICU */
export function argumentsOf(message: string): MessageArguments {
  const found: MessageArguments = new Map();
  collect(parse(message), found);
  return found;
}

/** As in `{count} (number), {name} (text), <b>`, for comparing and for showing. */
export function describeArguments(found: MessageArguments): string {
  return [...found]
    .map(([name, kind]) => (kind === "tag" ? name : `{${name}} (${kind})`))
    .sort()
    .join(", ");
}
