// Which part of the map is seen: from its places to those on the screen, in CSS pixels, and back.

const MARGIN = 0.94;
const MOST = 400;

/** A view of the square from -1 to 1, on a screen of `width` and `height`. */
export class View {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.fit();
  }

  /** Shows all of it. */
  fit() {
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
  }

  /** Pixels for one unit of the map. */
  get scale() {
    return (Math.min(this.width, this.height) / 2) * MARGIN * this.zoom;
  }

  toScreen({ x, y }) {
    return { x: (x - this.x) * this.scale + this.width / 2, y: (y - this.y) * this.scale + this.height / 2 };
  }

  toMap({ x, y }) {
    return { x: (x - this.width / 2) / this.scale + this.x, y: (y - this.height / 2) / this.scale + this.y };
  }

  /** Moves by pixels; the middle stays on the map. */
  pan(dx, dy) {
    this.x = Math.max(-1, Math.min(1, this.x - dx / this.scale));
    this.y = Math.max(-1, Math.min(1, this.y - dy / this.scale));
  }

  /** Zooms by a factor; what is at this place of the screen stays there. */
  zoomAt(factor, screen = { x: this.width / 2, y: this.height / 2 }) {
    const held = this.toMap(screen);
    this.zoom = Math.max(0.5, Math.min(MOST, this.zoom * factor));
    const moved = this.toScreen(held);
    this.pan(screen.x - moved.x, screen.y - moved.y);
  }

  /** Moves just so far that this place of the map is well inside. */
  show(place) {
    const { x, y } = this.toScreen(place);
    const edge = Math.min(this.width, this.height) / 10;
    const excess = (value, size) => Math.min(0, value - edge) + Math.max(0, value - (size - edge));
    this.pan(-excess(x, this.width), -excess(y, this.height));
  }
}
