// Elements, made so that what comes from a model or a file can only ever be text.

const SVG = "http://www.w3.org/2000/svg";

// What turns the order of letters, breaks lines or shows nothing; the same as in _common/text.py.
const UNSEEN =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{d800}-\u{dfff}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/gu;

/** A foreign text in which every control is seen as its escape. */
export const visible = (text) => text.replace(UNSEEN, (letter) => `\\u${letter.codePointAt(0).toString(16).padStart(4, "0")}`);

export const byId = (id) => document.getElementById(id);

/** An element with attributes, and children that are elements or text. */
export function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function makeSvg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, visible(`${value}`));
  }
  const shown = children.filter((child) => child != null);
  element.append(...shown.map((child) => (child instanceof Node ? child : visible(`${child}`))));
  return element;
}

/** Show a text in an element, or hide the element where there is none. */
export function tell(element, text) {
  element.textContent = visible(text || "");
  element.hidden = !text;
}

/** A text with a capital, as a message begins. */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const number = (value) => Math.round(value).toLocaleString("en");
export const counted = (count, what) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;
export const sides = (width, height) => `${number(width)} × ${number(height)}`;

export function bytes(count) {
  if (count < 1e6) return `${Math.max(1, Math.round(count / 1e3))} kB`;
  return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;
}

const STANDINGS = {
  found: { mark: "\u2713", title: "Found" },
  unsure: { mark: "?", title: "Unsure" },
  not_found: { mark: "\u2013", title: "Not found" },
  no_answer: { mark: "!", title: "No answer" },
};

/** How far an answer is to be relied on: a mark, and the word for it. */
export const standing = (name) => STANDINGS[name] ?? STANDINGS.found;

/** What stands in place of an answer: a policy that gave none has not looked in vain. */
export const nothing = (name) => standing(name).title.toLowerCase();
