// The original with the boxes of views and evidence over it; all boxes in original pixels.

import { byId, makeSvg, sides, tell } from "./dom.js";
import { pictureUrl } from "./api.js";
import { Ink } from "./ink.js";

const MOST_SIDE = 2000; // of the picture, in its own pixels; larger originals are shown shrunk
const LABEL = 20; // height of a label, in CSS pixels
const GAP = 2; // between a box and the frame around it, so that the frame covers nothing of it
const GONE = "The picture did not come: the server is gone, or has forgotten the image. Open it again.";

export class Stage {
  /** @param {(number: number) => void} chosen told the number of a view whose box was clicked */
  constructor(chosen) {
    this.stage = byId("stage");
    this.picture = byId("picture");
    this.boxes = byId("boxes");
    this.views = makeSvg("g");
    this.evidence = makeSvg("g");
    this.boxes.append(this.views, this.evidence);
    this.chosen = chosen;
    this.drawn = new Map(); // what a view is known by -> its element
    this.read = []; // the places that the answer was read in
    this.ink = null; // what is printed on the picture, once that has come
    this.picture.addEventListener("load", () => {
      this.stage.classList.remove("coming");
      this.ink = new Ink(this.picture);
      this.placeTags();
    });
    this.picture.addEventListener("error", () => tell(byId("image-problem"), GONE));
    new ResizeObserver(() => this.placeTags()).observe(this.stage);
  }

  /** Show a page of an image. */
  show({ image, page, width, height, name }) {
    this.size = { width, height };
    const url = pictureUrl(image, page, Math.min(MOST_SIDE, Math.max(width, height)));
    // what was shown before goes at once: no box may lie on another page's words
    const other = this.picture.getAttribute("src") !== url;
    this.stage.classList.toggle("coming", other);
    if (other) this.ink = null;
    this.picture.src = url;
    this.picture.alt = `${name}, ${sides(width, height)} pixels`;
    this.picture.width = width;
    this.picture.height = height;
    this.stage.style.setProperty("--ratio", width / height);
    this.boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.mark([], [], {});
  }

  /**
   * Draw the boxes of views and the places an answer was read in. What is drawn already stays as
   * it is, so that neither the focus nor an animation starts again while a run goes on.
   * @param {{view?: number | null, place?: number | null}} selected number of a view, index of a place
   */
  mark(views, evidence, selected) {
    const zooms = new Map(views.filter((view) => !view.whole).map((view) => [key(view), view]));
    for (const [known, drawn] of this.drawn) {
      if (zooms.has(known)) continue;
      drawn.group.remove();
      this.drawn.delete(known);
    }
    for (const [known, view] of zooms) {
      if (!this.drawn.has(known)) this.drawn.set(known, { view, group: this.viewBox(view) });
      const { group } = this.drawn.get(known);
      group.classList.toggle("selected", view.number === selected.view);
      if (group.parentNode !== this.views) this.views.append(group);
    }
    this.read = evidence.map(({ region }, at) => evidenceBox(region, at === selected.place));
    this.evidence.replaceChildren(...this.read.map(({ group }) => group));
    this.placeTags();
  }

  /** Original pixels in one CSS pixel. */
  get scale() {
    return this.size ? this.size.width / (this.stage.clientWidth || this.size.width) : 1;
  }

  viewBox(view) {
    const choose = () => this.chosen(view.number);
    return makeSvg(
      "g",
      {
        class: "box",
        role: "button",
        tabindex: "0",
        "aria-label": `View ${view.number}, show its step`,
        "data-view": view.number,
        onclick: choose,
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          choose();
        },
      },
      frame(view.region, "frame"),
      makeSvg("rect", { class: "around", "vector-effect": "non-scaling-stroke" }),
      makeSvg("rect", { class: "tag" }),
      makeSvg("text", { "text-anchor": "middle" }, String(view.number)),
    );
  }

  /**
   * Put the frames around their boxes and the numbers at them; both have one size on the screen,
   * however large the image, and neither covers what the answer was read in. A number covers no
   * other one either, and as little print as may be.
   */
  placeTags() {
    if (!this.size) return;
    const height = LABEL * this.scale;
    for (const { region, group } of this.read) put(group.lastChild, this.around(region));
    const kept = this.read.map(({ region }) => region);
    for (const { view, group } of this.drawn.values()) {
      const [, outline, tag, text] = group.children;
      put(outline, this.around(view.region));
      const width = height * (0.7 + 0.6 * String(view.number).length);
      const place = this.tagPlace(view.region, width, height, kept);
      const { x, y } = place;
      kept.push({ left: x, top: y, right: x + width, bottom: y + height });
      put(tag, place);
      put(text, { x: x + width / 2, y: y + height * 0.76, "font-size": height * 0.75 });
    }
  }

  /** The frame around a box, in original pixels. */
  around({ left, top, right, bottom }) {
    const gap = GAP * this.scale;
    return { x: left - gap, y: top - gap, width: right - left + 2 * gap, height: bottom - top + 2 * gap };
  }

  /** Where a number is put: beside its box or in a corner of it, on the image and on nothing kept. */
  tagPlace(region, width, height, kept) {
    const gap = GAP * this.scale;
    const { left, top, right, bottom } = region;
    const lefts = [left, right - width].map((x) => Math.max(0, Math.min(x, this.size.width - width)));
    const at = (y) => lefts.map((x) => ({ x, y, width, height }));
    const middle = (top + bottom - height) / 2;
    const sides = [left - gap - width, right + gap].map((x) => ({ x, y: middle, width, height }));
    const outside = [...at(top - height - gap), ...sides, ...at(bottom + gap)];
    const places = [...outside, ...at(top), ...at(bottom - height)];
    const fits = places.filter((place) => this.holds(place) && kept.every((each) => apart(place, each)));
    const [first] = fits.toSorted((one, other) => this.inkIn(one) - this.inkIn(other)); // keeps ties
    return first ?? { x: lefts[0], y: -height, width, height };
  }

  holds({ x, y, width, height }) {
    return x >= 0 && y >= 0 && x + width <= this.size.width && y + height <= this.size.height;
  }

  inkIn(place) {
    return this.ink ? this.ink.in(place, this.size) : 0;
  }
}

function apart({ x, y, width, height }, { left, top, right, bottom }) {
  return x >= right || x + width <= left || y >= bottom || y + height <= top;
}

const key = ({ number, region: { left, top, right, bottom } }) =>
  [number, left, top, right, bottom].join(" ");

function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function frame({ left, top, right, bottom }, name) {
  const attributes = { class: name, x: left, y: top, width: right - left, height: bottom - top };
  return makeSvg("rect", attributes);
}

/** A place that the answer was read in, and the frame around it. */
function evidenceBox(region, selected) {
  const place = frame(region, selected ? "evidence selected" : "evidence");
  const outline = makeSvg("rect", { class: "around", "vector-effect": "non-scaling-stroke" });
  return { region, group: makeSvg("g", { class: "read" }, place, outline) };
}
