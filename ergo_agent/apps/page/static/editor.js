// A box that a person moves and sizes: by pointer, by keyboard, by numbers. Original pixels.

import { byId, makeSvg, tell } from "./dom.js";

// of a corner's handle, in CSS pixels: large enough for what points at it
const HANDLE = matchMedia("(pointer: coarse)").matches ? 28 : 14;
const STEP = 8; // CSS pixels that an arrow key moves the box by
const LEAST = 4; // original pixels
const SIDES = ["left", "top", "right", "bottom"];
const CORNERS = [
  ["left", "top"],
  ["right", "top"],
  ["right", "bottom"],
  ["left", "bottom"],
];

export class BoxEditor {
  /**
   * @param {Stage} stage
   * @param {(box: object) => Promise<void>} send told the box; what it throws is shown
   * @param {() => void} left told that the box was left as it was
   */
  constructor(stage, send, left) {
    this.stage = stage;
    this.send = send;
    this.left = left;
    this.form = byId("editor");
    this.problem = byId("editor-problem");
    this.layer = makeSvg("g", { class: "editing" });
    for (const side of SIDES) {
      this.form.elements[side].addEventListener("input", () => this.typed());
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.form.addEventListener("keydown", (event) => event.key === "Escape" && this.leave());
    byId("editor-close").addEventListener("click", () => this.leave());
    new ResizeObserver(() => this.draw()).observe(stage.stage);
  }

  get isOpen() {
    return !this.form.hidden;
  }

  open(box, heading) {
    this.box = { ...box };
    byId("editor-heading").textContent = heading;
    this.form.hidden = false;
    tell(this.problem, "");
    this.fill();
    this.draw();
    this.layer.firstElementChild?.focus({ preventScroll: true });
    this.stage.stage.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.box = null;
    this.form.hidden = true;
    this.layer.remove();
  }

  leave() {
    this.close();
    this.left();
  }

  async submit() {
    const button = this.form.querySelector("[type=submit]");
    button.disabled = true;
    tell(this.problem, "");
    try {
      await this.send(this.box);
      this.close();
    } catch (error) {
      tell(this.problem, error.message);
    } finally {
      button.disabled = false;
    }
  }

  /** Put the box into the fields. */
  fill() {
    for (const side of SIDES) this.form.elements[side].value = Math.round(this.box[side]);
  }

  /** Take the box from the fields; what makes no box is said when it is sent. */
  typed() {
    for (const side of SIDES) {
      const given = this.form.elements[side].valueAsNumber;
      if (Number.isFinite(given)) this.box[side] = given;
    }
    this.draw();
  }

  draw() {
    if (!this.box || !this.stage.size) return;
    if (this.layer.parentNode !== this.stage.boxes) this.stage.boxes.append(this.layer);
    if (this.layer.childElementCount === 0) this.build();
    const { left, top, right, bottom } = this.box;
    const across = HANDLE * this.stage.scale;
    const [body, ...handles] = this.layer.children;
    place(body, left, top, right - left, bottom - top);
    handles.forEach((handle, at) => {
      const { width, height } = this.stage.size;
      const [x, y] = CORNERS[at].map((side, way) =>
        Math.min(Math.max(0, this.box[side] - across / 2), (way ? height : width) - across),
      );
      place(handle, x, y, across, across);
    });
  }

  build() {
    const body = makeSvg("rect", {
      class: "body",
      tabindex: "0",
      role: "application",
      "aria-label": "Box: arrow keys move it, with Shift they size it",
      "vector-effect": "non-scaling-stroke",
      onkeydown: (event) => this.pressed(event),
      onpointerdown: (event) => this.dragged(event, SIDES),
    });
    const handles = CORNERS.map((sides) =>
      makeSvg("rect", {
        class: `handle ${sides.join("-")}`,
        onpointerdown: (event) => this.dragged(event, sides),
      }),
    );
    this.layer.append(body, ...handles);
  }

  dragged(event, sides) {
    if (event.button !== 0) return;
    event.preventDefault();
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY, box: { ...this.box } };
    const move = (moved) => {
      const scale = this.stage.scale;
      const by = { x: (moved.clientX - from.x) * scale, y: (moved.clientY - from.y) * scale };
      this.change(from.box, sides, by);
    };
    const end = () => {
      target.removeEventListener("pointermove", move);
      target.removeEventListener("pointerup", end);
      target.removeEventListener("pointercancel", end);
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
  }

  pressed(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Enter") this.form.requestSubmit();
    else if (event.key === "Escape") this.leave();
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const step = STEP * this.stage.scale;
    const sides = event.shiftKey ? ["right", "bottom"] : SIDES;
    this.change(this.box, sides, { x: way[0] * step, y: way[1] * step });
  }

  /** Move some sides of a box, within the image; a box that moves as a whole keeps its size. */
  change(box, sides, by) {
    const { width, height } = this.stage.size;
    const whole = sides.length === 4;
    const moved = { ...box };
    for (const [low, high, length, way] of [
      ["left", "right", width, by.x],
      ["top", "bottom", height, by.y],
    ]) {
      if (whole) {
        const held = Math.min(Math.max(way, -box[low]), length - box[high]);
        moved[low] += held;
        moved[high] += held;
      } else if (sides.includes(low)) {
        moved[low] = Math.min(Math.max(0, box[low] + way), box[high] - LEAST);
      } else if (sides.includes(high)) {
        moved[high] = Math.max(Math.min(length, box[high] + way), box[low] + LEAST);
      }
    }
    for (const side of SIDES) moved[side] = Math.round(moved[side]);
    this.box = moved;
    this.fill();
    this.draw();
  }
}

function place(rect, x, y, width, height) {
  rect.setAttribute("x", x);
  rect.setAttribute("y", y);
  rect.setAttribute("width", Math.max(0, width));
  rect.setAttribute("height", Math.max(0, height));
}
