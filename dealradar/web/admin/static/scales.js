/* Where things stand on a chart's axes: round numbers, round times. */

const STEPS = [1, 2, 2.5, 5, 10];
const TIMES_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600];

/** About *wanted* round numbers from 0 to at least *top*. */
export function ticks(top, wanted = 3) {
  if (!(top > 0)) return [0, 1];
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.map((each) => each * power).find((each) => each >= rough * 0.999);
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** Up to about *wanted* full minutes or hours of the clock between two times in ms. */
export function times(from, to, wanted = 5) {
  const stepMs = (TIMES_S.find((each) => (to - from) / 1000 / each <= wanted) ?? TIMES_S.at(-1)) * 1000;
  const offsetMs = new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - offsetMs) / stepMs) * stepMs + offsetMs;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / stepMs) + 1) }, (_, index) => first + index * stepMs);
}

/** The stretches of *points* without a gap: each a list of [x, y]. */
export function stretches(points, place) {
  const found = [];
  let open = null;
  for (const point of points) {
    const at = place(point);
    if (at === null) open = null;
    else if (open) open.push(at);
    else found.push((open = [at]));
  }
  return found;
}

export const path = (stretch) => stretch.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
