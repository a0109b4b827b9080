import { type ExportTexts, type ExportValue, textOf } from "./cells";

/** The XML of the one sheet of a workbook, made as its rows come. */

/** Indices of the formats in the workbook's styles. */
const HEADER_STYLE = 1;
const TIME_STYLE = 2;

/** More is not allowed in a cell, in UTF-16 units. */
const LONGEST_TEXT = 32_767;

// What XML 1.0 forbids, and the control characters that it advises against.
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;

/** "_x0041_" stands for "A" in the texts of a workbook (ECMA-376, ST_Xstring); its underscore is written as one. */
const LOOKS_ESCAPED = /_(?=x[0-9A-F]{4}_)/gi;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** `text` for the content of an element or an attribute, without the characters that XML forbids. */
export const xmlText = (text: string): string =>
  text.replace(FORBIDDEN, "").replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

const NEEDS_CARE = /[&<>"\p{Cc}\p{Cs}\uFFFE\uFFFF]|_x/iu;

const contentOf = (text: string): string =>
  NEEDS_CARE.test(text) ? xmlText(text.replace(/\r\n?/g, "\n")).replace(LOOKS_ESCAPED, "_x005F_") : text;

function textCell(text: string, reference: string, style = ""): string {
  if (text === "") return "";
  // Cut amid a surrogate pair, the half that is left is dropped as forbidden.
  const content = contentOf(text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text);
  const space = /^\s|\s$/.test(content) ? ' xml:space="preserve"' : "";
  return `<c r="${reference}" t="inlineStr"${style}><is><t${space}>${content}</t></is></c>`;
}

/** Days since 30 December 1899, in whole seconds; undefined outside the calendar of Excel (March 1900 to 9999). */
function serialOf(date: Date): number | undefined {
  const serial = Math.floor(date.getTime() / 1000) / 86_400 + 25_569;
  return serial >= 61 && serial < 2_958_466 ? serial : undefined;
}

function cell(value: ExportValue, reference: string, texts: ExportTexts): string {
  if (value === null) return "";
  if (typeof value === "number" && Number.isFinite(value)) return `<c r="${reference}"><v>${value}</v></c>`;
  const serial = value instanceof Date ? serialOf(value) : undefined;
  if (serial !== undefined) return `<c r="${reference}" s="${TIME_STYLE}"><v>${serial}</v></c>`;
  return textCell(textOf(value, texts), reference);
}

/** A to Z, AA to ZZ, … */
const columnName = (index: number): string =>
  (index < 26 ? "" : columnName(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

const widest = (texts: string[]) => texts.reduce((most, text) => Math.max(most, text.length), 0);

function widths(header: string[], rows: ExportValue[][], texts: ExportTexts): string {
  const columns = header.map((name, index) => {
    const longest = widest([name, ...rows.map((row) => textOf(row[index] ?? null, texts))]);
    const width = Math.min(Math.max(longest, 8), 60) + 2;
    return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`;
  });
  return columns.length > 0 ? `<cols>${columns.join("")}</cols>` : "";
}

const BEGINNING =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
  '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>' +
  '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>' +
  "</sheetViews>";

/** The sheet in parts, one for each batch: column widths go by the first, so nothing is written before it is there. */
export async function* sheetXml(
  header: string[],
  batches: AsyncIterable<ExportValue[][]>,
  texts: ExportTexts,
): AsyncGenerator<Uint8Array, void, undefined> {
  const names = header.map((_, index) => columnName(index));
  const begin = (rows: ExportValue[][]) => {
    const cells = header.map((name, index) =>
      textCell(textOf(name, texts), `${names[index]}1`, ` s="${HEADER_STYLE}"`),
    );
    return `${BEGINNING}${widths(header, rows, texts)}<sheetData><row r="1">${cells.join("")}</row>`;
  };
  let last = 0;
  for await (const rows of batches) {
    let xml = last === 0 ? begin(rows) : "";
    last ||= 1;
    for (const row of rows) {
      last += 1;
      let column = 0;
      xml += `<row r="${last}">`;
      for (const value of row) {
        xml += cell(value, `${names[column]}${last}`, texts);
        column += 1;
      }
      xml += "</row>";
    }
    yield Buffer.from(xml);
  }
  yield Buffer.from(`${last === 0 ? begin([]) : ""}</sheetData></worksheet>`);
}
