// Elements, made so that what comes from a model or a file can only ever be text.

const SVG = "http://www.w3.org/2000/svg";

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
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Show a text in an element, or hide the element where there is none. */
export function tell(element, text) {
  element.textContent = text || "";
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

const NO_ANSWER = ["unusable_reply", "cut_off", "refused", "no_reply"];

/** What stands in place of an answer: a policy that gave none has not looked in vain. */
export function nothing(result) {
  return NO_ANSWER.includes(result.stop_reason) ? "no answer" : "not found";
}
