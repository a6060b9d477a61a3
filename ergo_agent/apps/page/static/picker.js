// Choosing an image: dropped, pasted, picked, or of the folder that was opened.

import * as api from "./api.js";
import { byId, bytes, make, tell } from "./dom.js";

const SHOWN = 200; // of the folder's files at once; the filter reaches the others

export class Picker {
  /** @param {(image: object) => void} opened told what was opened */
  constructor(opened) {
    this.opened = opened;
    this.problem = byId("image-problem");
    this.progress = byId("opening");
    this.files = [];
    this.mostBytes = Infinity;
    byId("file").addEventListener("change", (event) => {
      this.take(event.target.files[0]);
      event.target.value = "";
    });
    byId("filter").addEventListener("input", () => this.list());
    this.listenForDrops();
    addEventListener("paste", (event) => {
      const file = [...event.clipboardData.files][0];
      if (!file) return; // text, for whatever field has the focus
      event.preventDefault();
      this.take(file);
    });
  }

  listenForDrops() {
    const page = document.documentElement;
    const isFile = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      page.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) page.classList.remove("dropping");
    });
    addEventListener("drop", (event) => {
      page.classList.remove("dropping");
      if (!isFile(event)) return;
      event.preventDefault();
      this.take(event.dataTransfer.files[0]);
    });
  }

  /** Say what may be opened. */
  async prepare({ root, max_upload_bytes: mostBytes }) {
    this.mostBytes = mostBytes;
    byId("upload-limit").textContent = `up to ${bytes(mostBytes)}; it stays on this machine`;
    if (root === null) return;
    byId("root").textContent = root;
    byId("folder").hidden = false;
    const { files, left_out: leftOut } = await api.files();
    this.files = files;
    this.leftOut = leftOut;
    this.list();
  }

  list() {
    const part = byId("filter").value.trim().toLowerCase();
    const found = this.files.filter((file) => file.path.toLowerCase().includes(part));
    const items = found.slice(0, SHOWN).map((file) =>
      make(
        "li",
        {},
        make(
          "button",
          { type: "button", onclick: () => this.open(file.path, () => api.openFile(file.path)) },
          make("span", {}, file.path),
          make("span", { class: "quiet" }, bytes(file.bytes)),
        ),
      ),
    );
    byId("files").replaceChildren(...items);
    const more = [];
    if (this.files.length === 0) more.push("There is no image or PDF in this folder.");
    else if (found.length === 0) more.push("No name holds that.");
    if (found.length > SHOWN) more.push(`${found.length - SHOWN} more: write part of a name.`);
    if (this.leftOut) more.push(`${this.leftOut} files of the folder are not listed.`);
    tell(byId("files-left-out"), more.join(" "));
  }

  async take(file) {
    if (!file) return;
    if (file.size > this.mostBytes) {
      const limit = bytes(this.mostBytes);
      tell(this.problem, `${file.name} has ${bytes(file.size)}; the limit is ${limit}.`);
      return;
    }
    await this.open(file.name || "what was pasted", () => api.upload(file));
  }

  /**
   * Open an image or a page of it; the last that was asked for is shown.
   * @param {string} name
   * @param {() => Promise<object>} opening gives what was opened
   * @returns {Promise<boolean>} whether it is shown now
   */
  async open(name, opening) {
    const asked = (this.asked = Symbol(name));
    tell(this.problem, "");
    tell(this.progress, `Opening ${name} …`);
    try {
      const image = await opening();
      if (this.asked !== asked) return false;
      this.opened({ page: 1, ...image });
      return true;
    } catch (error) {
      if (this.asked === asked) tell(this.problem, `${name}: ${error.message}`);
      return false;
    } finally {
      if (this.asked === asked) tell(this.progress, "");
    }
  }
}
