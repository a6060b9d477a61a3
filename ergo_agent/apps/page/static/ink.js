// How much is printed in a part of a picture, as report/labels.py measures it for the report.

const PRINT = 16; // grey levels of spread within which paper is plain
const MOST_SIDE = 1000; // of the copy that is measured, in its own pixels

export class Ink {
  /** @param {HTMLImageElement} picture one that has come */
  constructor(picture) {
    const { naturalWidth: width, naturalHeight: height } = picture;
    const shrunk = Math.min(1, MOST_SIDE / Math.max(width, height, 1));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * shrunk));
    canvas.height = Math.max(1, Math.round(height * shrunk));
    this.size = { width: canvas.width, height: canvas.height };
    this.drawn = canvas.getContext("2d", { willReadFrequently: true });
    this.drawn.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }

  /** Of a box in pixels of an image of some size: its spread of grey, in steps. */
  in({ x, y, width, height }, size) {
    const across = this.size.width / size.width;
    const down = this.size.height / size.height;
    const [left, top] = [Math.max(0, Math.floor(x * across)), Math.max(0, Math.floor(y * down))];
    const right = Math.min(this.size.width, Math.ceil((x + width) * across));
    const bottom = Math.min(this.size.height, Math.ceil((y + height) * down));
    if (right <= left || bottom <= top) return 0;
    const { data } = this.drawn.getImageData(left, top, right - left, bottom - top);
    const count = data.length / 4;
    let sum = 0;
    let squares = 0;
    for (let at = 0; at < data.length; at += 4) {
      const grey = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      sum += grey;
      squares += grey * grey;
    }
    const spread = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    return Math.floor(spread / PRINT);
  }
}
