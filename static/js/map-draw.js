// Draws the points, pixel by pixel: a canvas takes long to put twenty thousand small pictures, and none to be given all.

const DIM = 0.3;
const HALO = "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0";
const OPAQUE = 255;

/** How large a point is, in CSS pixels from its middle: smaller where there are many, larger where one looks closely. */
export function radiusOf(count, zoom) {
  return Math.max(1.8, Math.min(6, 5.5 - Math.log10(Math.max(count, 10)) * 0.9)) * Math.min(1.9, Math.max(1, zoom ** 0.25));
}

/** Draws `map` (points, colouring, view, what is hidden, chosen, in focus, drawn around) on the canvas. */
export function draw(canvas, map, colours) {
  const ratio = devicePixelRatio || 1;
  const context = canvas.getContext("2d");
  const radius = radiusOf(map.points.count, map.view.zoom);
  const picture = blank(context, canvas, colours.surface);
  drawGroups(picture, map, colours, radius, ratio);
  context.putImageData(picture.image, 0, 0);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawFocus(context, map, colours, radius);
  drawShape(context, map, colours);
}

let last = null;

// The picture that was drawn last, wiped: a new one for each frame would be megabytes to clear away.
function blank(context, { width, height }, surface) {
  if (last?.image.width !== width || last?.image.height !== height) {
    const image = context.createImageData(width, height);
    last = { image, bytes: image.data, whole: new Uint32Array(image.data.buffer) };
  }
  const [red, green, blue] = partsOf(surface);
  last.bytes.set([red, green, blue, OPAQUE]);
  last.whole.fill(last.whole[0]);
  return last;
}

const partsOf = (colour) => colour.match(/\d+/g).slice(0, 3).map(Number);

// First what is not chosen, faintly, then a halo behind what is. The largest groups come first: the few of a small one
// lie on top.
function drawGroups(picture, map, colours, radius, ratio) {
  const seen = onScreen(map, radius, ratio);
  const order = seen.map((points, group) => group).sort((one, other) => map.groups[other].count - map.groups[one].count);
  const each = (isMeant, stampOf, share) => {
    for (const group of order) {
      const stamp = stampOf(map.groups[group]);
      for (const point of seen[group]) if (isMeant(point)) put(picture, stamp, map.screenX[point], map.screenY[point], share);
    }
  };
  const own = ({ shape, tone }) => stampFor(shape, colours.groups[tone], radius * ratio);
  const isChosen = (point) => map.chosen.has(point);
  if (!map.chosen.size) {
    each(() => true, own, 1);
    return;
  }
  each((point) => !isChosen(point), own, DIM);
  each(isChosen, () => stampFor(HALO, colours.ink, (radius + 1.5) * ratio), 1);
  each(isChosen, own, 1);
}

// By group the points that are shown and on the screen; in which of its pixels is kept in `screenX` and `screenY`.
function onScreen(map, radius, ratio) {
  const { points, view } = map;
  const seen = map.groups.map(() => []);
  const { scale, width, height } = view;
  for (let point = 0; point < points.count; point += 1) {
    const x = (points.x[point] - view.x) * scale + width / 2;
    const y = (points.y[point] - view.y) * scale + height / 2;
    if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
    map.screenX[point] = x * ratio;
    map.screenY[point] = y * ratio;
    if (!map.hidden.has(map.of[point])) seen[map.of[point]].push(point);
  }
  return seen;
}

const stamps = new Map();

function stampFor(shape, colour, radius) {
  const key = `${shape} ${colour} ${radius.toFixed(2)}`;
  if (!stamps.has(key)) {
    if (stamps.size > 300) stamps.clear(); // of each zoom there are some
    stamps.set(key, makeStamp(shape, colour, radius));
  }
  return stamps.get(key);
}

// A shape as the pixels that it covers around its middle, and how much it covers of each.
function makeStamp(shape, colour, radius) {
  const size = Math.ceil(radius * 2.6);
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.translate(size / 2, size / 2);
  context.scale(radius, radius);
  context.fill(new Path2D(shape));
  const { data } = context.getImageData(0, 0, size, size);
  const stamp = { size, colour: partsOf(colour), x: [], y: [], cover: [] };
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    const cover = data[pixel * 4 + 3];
    if (!cover) continue;
    stamp.x.push(pixel % size);
    stamp.y.push(Math.floor(pixel / size));
    stamp.cover.push(cover / OPAQUE);
  }
  return stamp;
}

function put({ image, bytes }, { size, colour, x, y, cover }, middleX, middleY, share) {
  const { width, height } = image;
  const left = Math.round(middleX - size / 2);
  const top = Math.round(middleY - size / 2);
  const [red, green, blue] = colour;
  for (let pixel = 0; pixel < cover.length; pixel += 1) {
    const column = left + x[pixel];
    const row = top + y[pixel];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const place = (row * width + column) * 4;
    const part = cover[pixel] * share;
    bytes[place] += (red - bytes[place]) * part;
    bytes[place + 1] += (green - bytes[place + 1]) * part;
    bytes[place + 2] += (blue - bytes[place + 2]) * part;
  }
}

function drawFocus(context, map, { accent, surface }, radius) {
  if (map.focus < 0) return;
  const { x, y } = map.view.toScreen(map.placeOf(map.focus));
  for (const [colour, width] of [[surface, 5], [accent, 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius + 4, 0, 2 * Math.PI);
    context.stroke();
  }
}

// What is being drawn around: corners on the map.
function drawShape(context, map, { accent }) {
  const corners = map.shape.map((corner) => map.view.toScreen(corner));
  if (corners.length < 2) return;
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = context.strokeStyle = accent;
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}
