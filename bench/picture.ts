import type { Results, Row } from './results.js';

/** One group of bars: the same quantity of each subject, as a multiple of the floor's. */
interface Chart {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly quantity: string;
  readonly floor: string;
}

const width = 720;
const [barHeight, gap, labelWidth, titleHeight] = [18, 6, 230, 34];

/** What was measured of both charts as one SVG that follows the reader's light or dark. Texts and numbers are there, so that no bar has to be measured. */
export function picture({ cold, load }: Results): string {
  const all: Chart[] = [
    {
      title: 'Work before the first answer after a start, as a multiple of an empty app’s',
      rows: cold?.rows ?? [],
      quantity: 'CPU until then, ms',
      floor: 'empty',
    },
    {
      title: 'CPU of one update, ten at once, as a multiple of an empty app’s',
      rows: load?.rows ?? [],
      quantity: 'CPU per call, µs, c=10',
      floor: 'empty',
    },
  ];
  const charts = all.filter(({ rows }) => rows.length > 0);
  const heights = charts.map(({ rows }) => titleHeight + rows.length * (barHeight + gap) + 16);
  const parts = charts.map((chart, index) =>
    chartOf(
      chart,
      heights.slice(0, index).reduce((sum, one) => sum + one, 8),
    ),
  );
  const height = heights.reduce((sum, one) => sum + one, 8);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Performance beside what this product is built on">
<style>
text { font: 13px system-ui, sans-serif; fill: #1b2026 }
.title { font-weight: 600 }
rect { fill: #9fb3c8 }
.ours { fill: #0b5cad }
@media (prefers-color-scheme: dark) { text { fill: #e6e9ed } rect { fill: #4b5a6a } .ours { fill: #7db8f5 } }
</style>
${parts.join('\n')}
</svg>
`;
}

function chartOf({ title, rows, quantity, floor }: Chart, top: number): string {
  const bars = rows.map(({ subject, cells }) => ({ subject, value: cells[quantity]?.ratios?.[floor]?.median ?? 0 }));
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const lines = bars.map(({ subject, value }, index) => {
    const y = top + titleHeight + index * (barHeight + gap);
    const length = ((width - labelWidth - 60) * value) / most;
    const own = subject.startsWith('this product') ? ' class="ours"' : '';
    return `<text x="0" y="${y + 14}">${subject}</text><rect${own} x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="3"/><text x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 14}">${value.toFixed(2)}</text>`;
  });
  return [`<text class="title" x="0" y="${top + 18}">${title}</text>`, ...lines].join('\n');
}
