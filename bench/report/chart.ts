/** Bars in groups: one group for each workload, one bar for each contestant. */
export interface Chart {
  readonly title: string;
  /** Names of the bars, the same in each group. */
  readonly series: readonly string[];
  readonly groups: readonly { readonly title: string; readonly values: readonly (number | undefined)[] }[];
}

/** Readable on white and on black alike. */
const COLOURS = ['#1f9d73', '#3f86d8', '#8a6fd1', '#d9792b', '#c2453f', '#8b8f3a', '#7d8590'];
const WIDTH = 860;
const LABELS = 200;
const BAR = 13;
const GAP = 22;
const HEADER = 34;

/**
 * A bar chart as SVG. Each group has a scale of its own, since groups differ by a factor of a hundred; the figures stand
 * at the bars. Text takes the colour of the page, light or dark.
 */
export function barChart({ title, series, groups }: Chart): string {
  const parts: string[] = [];
  const legend = HEADER + 6;
  const perLine = 4;
  for (const [i, name] of series.entries()) {
    const x = (i % perLine) * (WIDTH / perLine) + 4;
    const y = legend + Math.floor(i / perLine) * 20;
    parts.push(`<rect x="${x}" y="${y}" width="11" height="11" rx="2" fill="${colour(i)}"/>`);
    parts.push(text(x + 17, y + 10, name));
  }
  let y = legend + Math.ceil(series.length / perLine) * 20 + 16;
  for (const group of groups) {
    const bars = group.values.flatMap((value, i) => (value === undefined ? [] : [{ value, i }]));
    const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
    parts.push(text(0, y + 11, group.title, 'font-weight="600"'));
    for (const { value, i } of bars) {
      const width = Math.max(1, Math.round((value / most) * (WIDTH - LABELS - 60)));
      parts.push(`<rect x="${LABELS}" y="${y}" width="${width}" height="${BAR - 2}" rx="2" fill="${colour(i)}"/>`);
      parts.push(text(LABELS + width + 6, y + 10, value.toFixed(2)));
      y += BAR;
    }
    y += GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${escaped(title)}">`,
    '<style>',
    'text { font: 12px system-ui, sans-serif; fill: #1f2328 }',
    '@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }',
    '</style>',
    text(0, 16, title, 'font-weight="600" style="font-size:15px"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

const colour = (i: number): string => COLOURS[i % COLOURS.length]!;
const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x}" y="${y}"${more && ` ${more}`}>${escaped(content)}</text>`;
const escaped = (content: string): string =>
  content.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]!);
