import { type PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { ExportTexts, ExportValue } from "./cells";
import { sheetXml, xmlText } from "./sheet";

/** Rows that a sheet can hold besides its header. Whoever exports more must say so first: a longer file does not open. */
export const XLSX_MAX_ROWS = 1_048_575;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml";

const relationships = (...entries: [type: string, target: string][]) =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${entries
    .map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

/** Format 0 is plain; the others are named in sheet.ts. */
const STYLES =
  `${XML}<styleSheet xmlns="${SHEET}">` +
  '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>' +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>' +
  '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>" +
  '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
  '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>' +
  '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>' +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

const override = (part: string, type: string) => `<Override PartName="/${part}" ContentType="${MEDIA}.${type}+xml"/>`;

const CONTENT_TYPES =
  `${XML}<Types xmlns="${PACKAGE}/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  `${override("xl/workbook.xml", "sheet.main")}${override("xl/worksheets/sheet1.xml", "worksheet")}` +
  `${override("xl/styles.xml", "styles")}</Types>`;

/** A name that Excel takes: 31 characters at most, without []:*?/\\, without apostrophes around it, not "History". */
export function sheetNameOf(text: string): string {
  const allowed = text.replace(/[[\]:*?/\\\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, " ");
  // Cut to 31 UTF-16 units, but not amid a surrogate pair.
  const cut = allowed.slice(0, 31).replace(/\p{Cs}$/u, "");
  const name = cut.replace(/^[\s']+|[\s']+$/g, "");
  if (name === "") return "Sheet1";
  return /^history$/i.test(name) ? `${name}_` : name;
}

const fixedParts = (sheetName: string): [path: string, xml: string][] => [
  ["[Content_Types].xml", CONTENT_TYPES],
  ["_rels/.rels", relationships(["officeDocument", "xl/workbook.xml"])],
  [
    "xl/workbook.xml",
    `${XML}<workbook xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheets>` +
      `<sheet name="${xmlText(sheetNameOf(sheetName))}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  ["xl/_rels/workbook.xml.rels", relationships(["worksheet", "worksheets/sheet1.xml"], ["styles", "styles.xml"])],
  ["xl/styles.xml", STYLES],
];

async function* zipped(parts: [path: string, xml: string][], sheet: AsyncIterable<Uint8Array>) {
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  const source = Readable.from(sheet, { objectMode: false });
  // The library hands on no failure of what it reads, it only never ends.
  source.on("error", (error) => output.destroy(error));
  zip.on("error", (error) => output.destroy(error));
  for (const [path, xml] of parts) zip.addBuffer(Buffer.from(xml), path);
  // The fastest compression: it still leaves a fifth of this kind of XML, and the rows must not wait for it.
  zip.addReadStream(source, "xl/worksheets/sheet1.xml", { compressionLevel: 1 });
  zip.end();
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
  } finally {
    source.destroy();
  }
}

async function* resumed<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/**
 * An Excel workbook (.xlsx) with one sheet: a bold header that stays in view, times as Excel's own in UTC, texts that look
 * like formulas defused (see `neutral`) and cut at 32,767 characters. It is made as it is read, in flat memory.
 */
export async function* xlsxChunks(
  sheetName: string,
  header: string[],
  batches: AsyncIterable<ExportValue[][]>,
  texts: ExportTexts,
): AsyncGenerator<Uint8Array, void, undefined> {
  const sheet = sheetXml(header, batches, texts);
  try {
    // Once there is a chunk, the database has answered.
    const first = await sheet.next();
    yield* zipped(fixedParts(sheetName), resumed(first, sheet));
  } finally {
    // A stream that was never begun closes nothing.
    await sheet.return();
  }
}
