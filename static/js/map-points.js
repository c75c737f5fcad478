// The points of the map as columns, by what they are coloured, and which of them are where.

// Shapes around 0, within about 1: who does not see a colour sees these.
const SHAPES = [
  "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0",
  "M-.85,-.85h1.7v1.7h-1.7z",
  "M0,-1.15L1.05,.75H-1.05z",
  "M0,-1.2L1.2,0L0,1.2L-1.2,0z",
  "M0,1.15L1.05,-.75H-1.05z",
  "M-.4,-1.1h.8v.7h.7v.8h-.7v.7h-.8v-.7h-.7v-.8h.7z",
  "M-.6,-1.05h1.2L1.15,0L.6,1.05h-1.2L-1.15,0z",
  "M-.75,-1.05L0,-.3L.75,-1.05L1.05,-.75L.3,0L1.05,.75L.75,1.05L0,.3L-.75,1.05L-1.05,.75L-.3,0L-1.05,-.75z",
];
const RING = "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0M-.55,0a.55,.55 0 1,1 1.1,0a.55,.55 0 1,1 -1.1,0";
const DOT = "M-.6,0a.6,.6 0 1,0 1.2,0a.6,.6 0 1,0 -1.2,0";
const SCALE = 32767;
const WITHOUT = { issue: "In no issue", state: "In no issue", type: "Without a type", workflow: "Without a workflow" };

/** The points of an answer of the server: `x` and `y` within -1 and 1, `ids` of their failures, and columns of places in lists. */
export function decode(raw) {
  const issues = raw.issues.map(({ number, title }) => `ISS-${number} ${title}`);
  const { places, names } = statesOf(raw);
  return {
    count: raw.failures.length,
    missing: raw.missing,
    ids: raw.failures,
    x: Float32Array.from(raw.x, (value) => value / SCALE),
    y: Float32Array.from(raw.y, (value) => value / SCALE),
    columns: { issue: raw.issue, type: raw.type, workflow: raw.workflow, state: places },
    names: { issue: issues, type: raw.types, workflow: raw.workflows, state: names },
  };
}

// The states of the failures' issues, the most common first as in the other lists.
function statesOf({ issue, issues }) {
  const counts = new Map();
  for (const place of issue) if (place >= 0) counts.set(issues[place].state, (counts.get(issues[place].state) ?? 0) + 1);
  const names = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || one.localeCompare(other));
  return { names, places: issue.map((place) => (place < 0 ? -1 : names.indexOf(issues[place].state))) };
}

/** By what the points are coloured: the most common groups one by one, all others as one, and those without. */
export function groupsBy(points, by) {
  const named = points.names[by].slice(0, SHAPES.length);
  const others = points.names[by].length - named.length;
  const groups = named.map((name, tone) => ({ name, tone: tone + 1, shape: SHAPES[tone], count: 0 }));
  if (others) groups.push({ name: others === 1 ? "1 other" : `${others.toLocaleString()} others`, tone: 0, shape: DOT, count: 0 });
  groups.push({ name: WITHOUT[by], tone: 0, shape: RING, count: 0 });
  const last = groups.length - 1;
  const of = Uint8Array.from(points.columns[by], (place) => (place < 0 ? last : Math.min(place, named.length)));
  for (const group of of) groups[group].count += 1;
  return { of, groups };
}

/** The point nearest to (x, y) within `reach`, among those that `isShown` says; -1 for none. */
export function nearest({ count, x, y }, place, reach, isShown) {
  let best = -1;
  let least = reach * reach;
  for (let point = 0; point < count; point += 1) {
    const distance = (x[point] - place.x) ** 2 + (y[point] - place.y) ** 2;
    if (distance <= least && isShown(point)) [best, least] = [point, distance];
  }
  return best;
}

/** The next point from `start` towards (dx, dy), no farther aside than ahead; -1 for none. */
export function towards({ count, x, y }, start, [dx, dy], isShown) {
  let best = -1;
  let least = Infinity;
  for (let point = 0; point < count; point += 1) {
    const ahead = (x[point] - x[start]) * dx + (y[point] - y[start]) * dy;
    const aside = Math.abs((x[point] - x[start]) * dy - (y[point] - y[start]) * dx);
    if (ahead <= 0 || aside > ahead || !isShown(point)) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [point, cost];
  }
  return best;
}

/** The points inside a polygon of {x, y}, among those that `isShown` says. */
export function inside({ count, x, y }, polygon, isShown) {
  const [left, right] = bounds(polygon.map((corner) => corner.x));
  const [top, bottom] = bounds(polygon.map((corner) => corner.y));
  const found = [];
  for (let point = 0; point < count; point += 1) {
    if (x[point] < left || x[point] > right || y[point] < top || y[point] > bottom) continue;
    if (isShown(point) && isInside(polygon, x[point], y[point])) found.push(point);
  }
  return found;
}

// No spreading into Math.min: a long lasso has more corners than a call takes arguments.
function bounds(values) {
  return [values.reduce((one, other) => Math.min(one, other)), values.reduce((one, other) => Math.max(one, other))];
}

// A ray to the right crosses the sides of what it is inside of an odd number of times.
function isInside(polygon, x, y) {
  let crossed = false;
  for (let here = 0, before = polygon.length - 1; here < polygon.length; before = here, here += 1) {
    const [a, b] = [polygon[here], polygon[before]];
    if ((a.y > y) !== (b.y > y) && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) crossed = !crossed;
  }
  return crossed;
}
