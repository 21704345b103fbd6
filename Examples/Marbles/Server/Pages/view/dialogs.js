// Questions that wait for an answer: a new marble, a new owner, a farewell.

import { make } from "../dom.js";
import { colorName, describeMarble, knownColors, say, titleCase } from "../words.js";
import { dress, marblePicture } from "./marble.js";

/** Shows a dialog and answers with what `read` gives when it was confirmed, else null. */
function question(title, confirm, children, { read = () => true, isBad = false } = {}) {
  return new Promise((resolve) => {
    const form = make("form", { method: "dialog" },
      make("h2", { id: "dialog-title" }, title),
      ...children,
      make("div", { class: "dialog-actions" },
        make("button", { type: "button", class: "button", onclick: () => dialog.close() }, isBad ? say("keep") : say("cancel")),
        make("button", { type: "submit", class: `button ${isBad ? "button-bad" : "button-main"}` }, confirm)));
    const dialog = make("dialog", { "aria-labelledby": "dialog-title" }, form);
    let answer = null;
    form.addEventListener("submit", () => { answer = read(new FormData(form)); });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const chosen = { color: "blue", size: 35 };
const countMax = 100;

/** New marbles' colour, size and number. */
export function askForMarble(owner) {
  const marble = { id: "preview", ...chosen };
  const preview = marblePicture(marble);
  const count = make("input", { type: "number", name: "count", min: "1", max: String(countMax), value: "1", required: true, inputmode: "numeric" });
  const redraw = () => {
    delete preview.dataset.color;
    dress(preview, marble);
    chooser.hidden = !free.checked;
    preview.style.setProperty("--d", marble.size === 35 ? "124px" : "82px");
  };
  const swatches = knownColors.map((color) =>
    make("span", { class: "swatch" },
      make("input", { type: "radio", name: "color", value: color, "aria-label": colorName(color), title: colorName(color), checked: color === marble.color, onchange: () => { marble.color = color; redraw(); } }),
      dressed(color)));
  // Any other colour, by the browser's own chooser.
  const isFree = chosen.color.startsWith("#");
  const chooser = make("input", {
    type: "color", class: "chooser", "aria-label": say("otherColour"), value: isFree ? chosen.color : "#19a7a0", hidden: !isFree,
    oninput: () => { marble.color = chooser.value; redraw(); },
  });
  const free = make("input", {
    type: "radio", name: "color", value: "free", "aria-label": say("otherColour"), title: say("otherColour"), checked: isFree,
    onchange: () => { marble.color = chooser.value; redraw(); },
  });
  swatches.push(make("span", { class: "swatch" }, free, make("span", { class: "marble swatch-free", "aria-hidden": "true" })), chooser);
  const sizes = [35, 16].map((size) =>
    make("label", { class: "size" },
      make("input", { type: "radio", name: "size", value: String(size), checked: size === marble.size, onchange: () => { marble.size = size; redraw(); } }),
      make("span", {}, size === 35 ? say("Large") : say("Small"))));
  redraw();
  return question(say("createTitle"), say("create"), [
    make("p", { class: "quiet" }, say("createFor", { name: titleCase(owner.name), company: owner.company })),
    make("div", { class: "preview" }, preview),
    make("fieldset", {}, make("legend", {}, say("colour")), make("div", { class: "swatches" }, swatches)),
    make("div", { class: "dialog-row" },
      make("fieldset", {}, make("legend", {}, say("sizeTitle")), make("div", { class: "sizes" }, sizes)),
      make("label", { class: "field field-count" }, say("howMany"), count)),
  ], {
    read: (data) => {
      chosen.color = data.get("color") === "free" ? chooser.value : data.get("color");
      chosen.size = Number(data.get("size"));
      return { ...chosen, count: Math.min(countMax, Math.max(1, Number(data.get("count")) || 1)) };
    },
  });
}

const dressed = (color) => {
  const picture = marblePicture({ id: color, color, size: 16 });
  picture.style.removeProperty("--d");
  return picture;
};

export const askForOwner = (company) =>
  question(say("ownerTitle"), say("add"), [
    make("p", { class: "quiet" }, say("ownerFor", { company })),
    make("label", { class: "field" }, say("name"), make("input", { name: "name", required: true, maxlength: "32", autocomplete: "off", autofocus: true })),
  ], { read: (data) => data.get("name").trim() || null });

export const askToDelete = (marbles) =>
  question(say(marbles.length > 1 ? "deleteTitleMany" : "deleteTitle", { count: marbles.length }), say("delete"), [
    make("div", { class: "preview" }, marbles.slice(0, 5).map(marblePicture)),
    make("p", { class: "quiet" }, marbles.length > 1 ? say("deleteTextMany", { count: marbles.length }) : say("deleteText", { marble: describeMarble(marbles[0]) })),
  ], { isBad: true });

export const askToRetire = (owner) =>
  question(say("retireTitle", { name: titleCase(owner.name) }), say("retireDo"), [make("p", { class: "quiet" }, say("retireText"))], { isBad: true });

