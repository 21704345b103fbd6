// What was refused, in the place where it happened: by whom, in whose words, and what can be done.

import { iconButton, make } from "../dom.js";
import { say } from "../words.js";

/** The contract's own words, without what peers and gateways wrap around them. */
const plain = (text) => text.replace(/^(?:chaincode response \d+,\s*|error in simulation:\s*)+/i, "");

function place(story) {
  if (story.stage === "committed") return say("refusedCommit", { block: story.block });
  return { proposed: say("refusedEndorsement"), endorsed: say("refusedOrdering") }[story.failedAfter] ?? say("notTried");
}

/** Nobody has refused what was never sent, nor what nobody knows of. */
function heading(story) {
  if (story.isUnsent) return `${say("unsent")}.`;
  return story.stage === "unknown" ? "" : `${say("refusedHere")}, ${place(story)}.`;
}

/** Why it came to nothing, in the words of whoever refused. */
export function reasonOf(story) {
  if (story.isUnsent) return say("offline");
  if (story.stage === "unknown") return say("unknown");
  if (story.isConflict) return say("conflict");
  return plain(story.refusals?.[0]?.message ?? story.message ?? story.code ?? "");
}

/** Made once for each refused action; goes when it is dismissed. */
export function noteOf(action, { who, again }) {
  const { story } = action;
  const note = make("div", { class: "note", role: "alert" },
    iconButton("close", say("dismiss"), () => note.remove()),
    make("p", {}, make("strong", {}, heading(story)), " ", reasonOf(story)),
    make("p", { class: "note-wish" }, say("sent", { actor: who, what: action.sentence })),
    (story.isConflict || story.isUnsent) && make("button", { type: "button", class: "button", onclick: () => { note.remove(); again(); } }, say("tryAgain")),
    story.refusals?.length > 0 && make("details", {}, make("summary", {}, say("whoSaid")),
      make("ul", {}, story.refusals.map((refusal) => make("li", {}, `${refusal.company} (${refusal.address}): ${refusal.message}`)))));
  return note;
}
