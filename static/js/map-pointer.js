// The map under a mouse, a pen or fingers: dragging moves it or draws around points, two fingers and the wheel zoom.

const STILL = 4; // pixels within which a press is a click
const WHEEL = 0.0016;
const LINE = 16; // pixels in a line, for mice that turn in lines

/** Listens on the canvas. `on`: moved, zoomed(factor, at), hovered(at or null), clicked(at, adds), drew(corners, adds), drawing(corners); `draws()`: whether a drag draws. */
export function listen(canvas, on, draws) {
  const pressed = new Map();
  let start = null;
  let drawn = [];
  let isDrawing = false;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const adds = (event) => event.ctrlKey || event.metaKey;

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, at(event));
    start = pressed.size === 1 ? at(event) : null;
    isDrawing = pressed.size === 1 && (draws() || event.shiftKey);
    drawn = isDrawing ? [start] : [];
  });

  canvas.addEventListener("pointermove", (event) => {
    const here = at(event);
    const before = pressed.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") on.hovered(here);
      return;
    }
    if (pressed.size > 1) pinch(event.pointerId, before, here);
    else if (isDrawing) on.drawing(draw(here));
    else if (start && far(start, here)) start = null;
    if (pressed.size === 1 && !isDrawing && !start) on.moved(here.x - before.x, here.y - before.y);
    pressed.set(event.pointerId, here);
  });

  function draw(here) {
    drawn.push(here);
    return drawn;
  }

  function pinch(id, before, here) {
    const other = [...pressed].find(([key]) => key !== id)[1];
    const length = (place) => Math.hypot(place.x - other.x, place.y - other.y) || 1;
    on.zoomed(length(here) / length(before), { x: (here.x + other.x) / 2, y: (here.y + other.y) / 2 });
  }

  function release(event) {
    if (!pressed.delete(event.pointerId)) return;
    const isDrawn = isDrawing && drawn.length > 2 && drawn.some((corner) => far(drawn[0], corner));
    if (event.type === "pointercancel") on.drawing([]);
    else if (isDrawn) on.drew(drawn, adds(event));
    else if (start) on.clicked(start, adds(event));
    [start, drawn, isDrawing] = [null, [], false];
  }

  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => on.hovered(null));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
    on.zoomed(Math.exp(-Math.max(-300, Math.min(300, pixels)) * WHEEL), at(event));
  }, { passive: false });
}

const far = (one, other) => Math.hypot(one.x - other.x, one.y - other.y) > STILL;
