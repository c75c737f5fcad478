// The legend: what each colour and shape stands for, which groups are shown, and a way to choose a whole one.

const SVG = "http://www.w3.org/2000/svg";

/** Fills the list with the groups. `toggled(group, isShown)` and `chosen(group)` are called with their places. */
export function writeLegend(list, groups, hidden, { toggled, chosen }) {
  list.replaceChildren(...groups.map((group, place) => entry(group, place, hidden, toggled, chosen)));
}

function entry(group, place, hidden, toggled, chosen) {
  const item = document.createElement("li");
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !hidden.has(place) });
  box.addEventListener("change", () => toggled(place, box.checked));
  const count = Object.assign(document.createElement("span"), { className: "map-number", textContent: group.count.toLocaleString() });
  const name = Object.assign(document.createElement("span"), { className: "map-name", textContent: group.name, title: group.name });
  label.append(box, swatch(group), name, count);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button plain small", textContent: "Choose" });
  button.setAttribute("aria-label", `Choose all of ${group.name}`);
  button.disabled = !group.count;
  button.addEventListener("click", () => chosen(place));
  item.append(label, button);
  return item;
}

function swatch({ shape, tone }) {
  const picture = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  picture.setAttribute("viewBox", "-1.3 -1.3 2.6 2.6");
  picture.setAttribute("class", `map-swatch tone-${tone}`);
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  picture.append(path);
  return picture;
}

/** The colours that the page's sheet gives in the scheme of the moment: of the groups by tone, and of the rest. */
export function readColours(root) {
  const probe = document.createElement("span");
  root.append(probe);
  const read = (name) => {
    probe.className = name;
    return getComputedStyle(probe).color;
  };
  const groups = Array.from({ length: 9 }, (_, tone) => read(`tone-${tone}`));
  const colours = { groups, ink: read("tone-ink"), accent: read("tone-accent"), surface: read("tone-surface") };
  probe.remove();
  return colours;
}
