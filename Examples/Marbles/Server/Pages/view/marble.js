// A marble as a thing on the page.

import { make } from "../dom.js";
import { colorName, describeMarble, knownColors, say, sizeName, titleCase } from "../words.js";

/** Across, in pixels: 35 is large and 16 small, as ever; others lie on the same line, within reason. */
const diameter = (size) => Math.round(Math.min(84, Math.max(30, 42 + (size - 16) * (22 / 19))));

/** Where the ribbon in the glass points: different from marble to marble, the same at every look. */
function turn(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}

export function dress(element, marble) {
  element.style.setProperty("--d", `${diameter(marble.size)}px`);
  element.style.setProperty("--turn", `${turn(marble.id)}deg`);
  if (knownColors.includes(marble.color)) element.dataset.color = marble.color;
  // The browser checks what a colour is; what is none leaves grey glass.
  else element.style.setProperty("--c", CSS.supports("color", marble.color) ? marble.color : "#888");
  return element;
}

/** A marble to look at only. */
export const marblePicture = (marble) => dress(make("span", { class: "marble", "aria-hidden": "true" }), marble);

/** A marble to take hold of. */
export function marbleButton(marble, owner) {
  const label = say("marble", { size: sizeName(marble.size), color: colorName(marble.color), name: titleCase(owner?.name ?? "") });
  const button = make("button", { type: "button", class: "marble", "aria-label": label, "aria-haspopup": "menu", tabindex: "-1", title: `${describeMarble(marble)}\n${marble.id}` });
  button.dataset.marble = marble.id;
  return dress(button, marble);
}
