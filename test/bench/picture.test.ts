import { expect, test } from 'vitest';
import { drawn } from '../../bench/measure/picture.ts';
import type { Picture } from '../../bench/measure/report.ts';

const picture: Picture = {
  name: 'growth',
  title: 'A decision, by <routes>',
  x: { label: 'routes', isLogarithmic: true },
  y: { label: 'microseconds' },
  lines: ['seen before', 'new'].map((name, i) => ({
    name,
    points: [0, 1, 1_000].map((x) => ({ x, y: 10 + i, lower: 9 + i, upper: 12 + i })),
  })),
};

test('the same figures make the same text, whatever was drawn before', () => {
  const first = drawn(picture);
  drawn({ ...picture, title: 'another one' });
  expect(drawn(picture)).toBe(first);
});

test('other figures make another text', () => {
  const lines = picture.lines.map(({ name, points }) => ({
    name,
    points: points.map((point) => ({ ...point, upper: 13 })),
  }));
  expect(drawn({ ...picture, lines })).not.toBe(drawn(picture));
});

test('a picture says what it shows, marks what was measured, and starts at 0', () => {
  const texts = [...drawn(picture).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      ...['A decision, by &lt;routes&gt;', 'routes', 'microseconds'],
      ...['seen before', 'new', '0', '1', '1,000'],
    ]),
  );
});

test('of one line the name stands below the title', () => {
  const svg = drawn({ ...picture, lines: picture.lines.slice(0, 1) });
  expect(svg).toContain('>seen before: medians, and between the quartiles<');
});
