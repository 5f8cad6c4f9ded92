import { type EChartsOption, init } from 'echarts';
import type { Axis, Line, Picture, Point } from './report.ts';

type SeriesOption = Extract<NonNullable<EChartsOption['series']>, readonly unknown[]>[number];
type XAxisOption = Exclude<NonNullable<EChartsOption['xAxis']>, readonly unknown[]>;
type YAxisOption = Exclude<NonNullable<EChartsOption['yAxis']>, readonly unknown[]>;

const width = 760;
/** Of what lies between the axes. */
const plotHeight = 300;
const titleHeight = 62;
const legendLineHeight = 20;
const footHeight = 64;

/** Okabe and Ito: told apart without seeing red or green. Symbols tell the lines apart in gray. */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#5b5b5b', '#e69f00'];
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'arrow'];
const ink = '#24292f';
const rule = '#d8dee4';

/**
 * A picture as SVG, for white and for dark pages: it brings a white ground along. The same figures make the same text. Lines go
 * through medians, with a band between the quartiles where there are any; what grows on a logarithmic axis is marked where it
 * was measured, and its 0 stands one decade before the rest.
 */
export function drawn({ title, x, y, lines }: Picture): string {
  const hasLegend = lines.length > 1;
  const hasBands = lines.some(({ points }) => points.some(isBanded));
  const top = titleHeight + (hasLegend ? legendLineHeight * lines.length : 0) + 12;
  const height = top + plotHeight + footHeight;
  const place = placing(x, lines);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: colors,
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif', color: ink },
    title: {
      ...{ left: 20, top: 14, text: title, textStyle: { fontSize: 17, color: ink } },
      subtext: [
        ...(hasLegend ? [] : lines.map(({ name }) => name)),
        ...(hasBands ? ['medians, and between the quartiles'] : []),
      ].join(': '),
      subtextStyle: { fontSize: 12, color: '#57606a' },
    },
    legend: {
      ...{ show: hasLegend, orient: 'vertical', left: 70, top: titleHeight },
      ...{ itemGap: 6, itemWidth: 26, textStyle: { fontSize: 13, color: ink } },
      data: lines.map(({ name }) => name),
    },
    grid: { left: 78, right: 34, top, height: plotHeight },
    xAxis: xAxis(x, lines, place),
    yAxis: yAxis(y),
    series: lines.flatMap((line, at) => [...bands(line, at, place), curve(line, at, place)]),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${renumbered(svg)}\n`;
}

/** Names in it are numbered through all the pictures that this process has drawn. */
function renumbered(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replaceAll(/zr\d+-[a-z]+-?\d+/g, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return `zr-${numbers.get(name)}`;
  });
}

/** Where a figure stands on the axis. */
type Placing = (value: number) => number;

function placing({ isLogarithmic = false }: Axis, lines: readonly Line[]): Placing {
  if (!isLogarithmic) return (value) => value;
  const first = Math.min(...valuesOf(lines).filter((value) => value > 0));
  return (value) => Math.log10(value > 0 ? value : first / 10);
}

function valuesOf(lines: readonly Line[]): readonly number[] {
  const values = lines.flatMap(({ points }) => points.map((point) => point.x));
  return [...new Set(values)].sort((a, b) => a - b);
}

function xAxis(
  { label, isLogarithmic = false }: Axis,
  lines: readonly Line[],
  place: Placing,
): XAxisOption {
  const values = valuesOf(lines);
  const texts = new Map(values.map((value) => [place(value), value.toLocaleString('en-US')]));
  const places = [...texts.keys()];
  const shared = {
    ...({ type: 'value', name: label, nameLocation: 'middle', nameGap: 34 } as const),
    nameTextStyle: { fontSize: 13, color: ink },
    axisLine: { onZero: false, lineStyle: { color: ink } },
    splitLine: { show: false },
  };
  const text = { fontSize: 12, color: ink };
  if (!isLogarithmic) return { ...shared, axisLabel: text };
  return {
    ...shared,
    ...{ min: Math.min(...places), max: Math.max(...places) },
    axisTick: { show: true, customValues: places },
    axisLabel: {
      ...text,
      customValues: places,
      formatter: (at: number) => texts.get(at) ?? '',
    },
  };
}

function yAxis({ label, isLogarithmic = false }: Axis): YAxisOption {
  const shared = {
    ...({ name: label, nameLocation: 'middle', nameGap: 54 } as const),
    nameTextStyle: { fontSize: 13, color: ink },
    axisLine: { onZero: false },
    splitLine: { lineStyle: { color: rule } },
    axisLabel: {
      ...{ fontSize: 12, color: ink },
      formatter: (value: number) => value.toLocaleString('en-US'),
    },
  };
  return isLogarithmic ? { ...shared, type: 'log' } : { ...shared, type: 'value', min: 0 };
}

function curve({ name, points }: Line, at: number, place: Placing): SeriesOption {
  return {
    ...{ type: 'line', name, color: colorOf(at), z: 3, silent: true },
    data: points.map(({ x, y }) => [place(x), y]),
    ...{ symbol: symbols[at % symbols.length] ?? 'circle', symbolSize: 8 },
    lineStyle: { width: 2 },
  };
}

/** One band, where the line has quartiles. */
function bands({ points }: Line, at: number, place: Placing): readonly SeriesOption[] {
  const banded = points.filter(isBanded);
  if (banded.length === 0) return [];
  return [
    {
      ...{ type: 'custom', z: 2, silent: true },
      encode: { x: 0, y: [1, 2] },
      data: banded.map(({ x, lower, upper }) => [place(x), lower, upper]),
      // Asked for each point; the band is drawn with the first of them.
      renderItem({ dataIndex }, { coord }) {
        if (dataIndex !== 0) return null;
        const ends = [
          ...banded.map(({ x, upper }) => coord([place(x), upper])),
          ...banded.toReversed().map(({ x, lower }) => coord([place(x), lower])),
        ];
        return {
          type: 'polygon',
          shape: { points: ends },
          style: { fill: colorOf(at), opacity: 0.18 },
        };
      },
    },
  ];
}

function isBanded(point: Point): point is Required<Point> {
  return point.lower !== undefined && point.upper !== undefined;
}

function colorOf(at: number): string {
  return colors[at % colors.length] ?? ink;
}
