import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Invoice } from '@aggregator/contracts';
import PDFDocument from 'pdfkit';

const fontFile = 'DejaVuSans.ttf';

/** Beside the program in an image, in the package of the font elsewhere. It has Latin, Greek and Cyrillic letters. */
function findFont(): string {
  const beside = fileURLToPath(new URL(`./${fontFile}`, import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${fontFile}`);
}

const columns = [
  { x: 50, width: 260, align: 'left' },
  { x: 320, width: 80, align: 'right' },
  { x: 410, width: 135, align: 'right' },
] as const;

/** The document on pages of A4. It is made of what was issued alone, so that it is the same whenever it is asked for. */
export function renderPdf(document: Invoice): Promise<Buffer> {
  const pdf = new PDFDocument({
    ...{ size: 'A4', margin: 50, font: findFont() },
    info: { Title: document.number, CreationDate: new Date(document.issuedAt) },
  });
  const parts: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (part: Buffer) => parts.push(part));
    pdf.on('end', () => resolve(Buffer.concat(parts)));
    pdf.on('error', reject);
  });
  const { seller, buyer, kind } = document;
  pdf.fontSize(18).text(`${kind === 'invoice' ? 'Invoice' : 'Credit note'} ${document.number}`);
  pdf.fontSize(9).moveDown(0.5);
  if (document.invoiceNumber !== null) pdf.text(`For invoice ${document.invoiceNumber}`);
  pdf.text(`Issued ${document.issuedAt.slice(0, 10)}   Period ${document.period}`).moveDown();
  for (const [title, party] of [
    ['From', seller],
    ['To', buyer],
  ] as const) {
    const taxId = party.taxId === null ? [] : [`Tax id ${party.taxId}`];
    pdf.text([title, party.name, ...party.address, ...taxId].join('\n')).moveDown();
  }
  writeRow(pdf, ['Description', 'Requests', document.currency]);
  for (const { organization, description, requests, amountCents } of document.lines) {
    const name = organization === undefined ? description : `${organization.name}: ${description}`;
    writeRow(pdf, [name, requests === 0 ? '' : String(requests), toAmount(amountCents)]);
  }
  pdf.moveDown();
  writeRow(pdf, ['Net', '', toAmount(document.netCents)]);
  for (const { name, ppm, cents } of document.tax) writeRow(pdf, [`${name} ${toPercent(ppm)}`, '', toAmount(cents)]);
  writeRow(pdf, ['Total', '', toAmount(document.totalCents)]);
  const { converted } = document;
  if (converted !== null) {
    const { currency, microUnitsPerUsd } = converted;
    pdf.moveDown();
    writeRow(pdf, [`Tax in ${currency}`, '', toAmount(converted.taxMinorUnits)]);
    writeRow(pdf, [
      `Total in ${currency}, ${Number(microUnitsPerUsd) / 1e6} for a dollar`,
      '',
      toAmount(converted.totalMinorUnits),
    ]);
  }
  pdf.end();
  return done;
}

function writeRow(pdf: PDFKit.PDFDocument, cells: readonly [string, string, string]): void {
  const height = Math.max(
    ...cells.map((cell, index) => pdf.heightOfString(cell || ' ', { width: columns[index]?.width ?? 0 })),
  );
  if (pdf.y + height > pdf.page.height - 50) pdf.addPage();
  const { y } = pdf;
  cells.forEach((cell, index) => {
    const { x, width, align } = columns[index] ?? columns[0];
    pdf.text(cell, x, y, { width, align });
  });
  pdf.x = 50;
  pdf.y = y + height + 4;
}

/** "1999" is 19.99. */
export function toAmount(cents: string): string {
  const digits = cents.replace('-', '').padStart(3, '0');
  return `${cents.startsWith('-') ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const toPercent = (ppm: number) => `${ppm / 10_000} %`;
