import { crc32, deflateSync } from 'node:zlib';

/** Behind the icon, and around it wherever Power Platform shows it. */
export const brandColor = '#1f5f8b';

const side = 160;

/** Bars that rise, each with its left edge, its width and its height in pixels. */
const bars = [
  { left: 32, width: 24, height: 40 },
  { left: 68, width: 24, height: 68 },
  { left: 104, width: 24, height: 96 },
];
const base = 128;

/** The connector's icon as a PNG of 160 by 160 pixels. */
export function drawIcon(): Buffer {
  const ground = [1, 3, 5].map((at) => Number.parseInt(brandColor.slice(at, at + 2), 16));
  const isBar = (x: number, y: number) =>
    bars.some(({ left, width, height }) => x >= left && x < left + width && y < base && y >= base - height);
  const rows = Array.from({ length: side }, (_, y) => [
    0,
    ...Array.from({ length: side }, (_, x) => (isBar(x, y) ? [255, 255, 255] : ground)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Length, kind, content and checksum (PNG specification, chunk layout). */
function chunk(kind: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
