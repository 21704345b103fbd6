// Puts everything together.

import { Actions, hasSucceeded } from "./actions.js";
import { announce, byID, calm, icon, make } from "./dom.js";
import { Ledger } from "./ledger.js";
import { ask, Stream } from "./stream.js";
import { currentLanguage, describeMarble, say, titleCase, toggleLanguage, translatePage } from "./words.js";
import { ActivityPanel } from "./view/activity.js";
import { Board } from "./view/board.js";
import { Carry } from "./view/carry.js";
import { Chain } from "./view/chain.js";
import { DetailsPanel } from "./view/details.js";
import { askForMarble, askForOwner, askToDelete, askToRetire } from "./view/dialogs.js";
import { HistoryPanel } from "./view/history.js";
import { LogPanel } from "./view/log.js";
import { marblePicture } from "./view/marble.js";
import { MarbleMenu } from "./view/menu.js";
import { noteOf, reasonOf } from "./view/note.js";
import { Replay } from "./view/replay.js";
import { RulePanel } from "./view/rule.js";
import { StoryView } from "./view/story.js";

const ledger = new Ledger();
const actions = new Actions(ledger);
const replay = new Replay(ledger);
const openBlock = (number) => details.open(number);
const log = new LogPanel(ledger, openBlock);
const details = new DetailsPanel(ledger, { showPast: (number) => { details.close(); replay.open(number); }, showLog: (query) => { details.close(); log.open(query); } });
const history = new HistoryPanel(ledger, openBlock);
const activity = new ActivityPanel(ledger, openBlock);
const isPast = () => replay.isOn;
let presence = { pages: 0, actors: {} };

// Marbles that are chosen to move together

const chosen = new Set();
const together = (marble) => (chosen.size > 1 && chosen.has(marble.id) ? [...chosen].map((id) => ledger.marbles.get(id)) : [marble]);

function choose(marble) {
  if (!chosen.delete(marble.id)) chosen.add(marble.id);
  for (const card of board.cards.values()) card.drawChosen();
  announce(say("chosen", { count: chosen.size }));
}

function forgetChosen() {
  if (!chosen.size) return;
  chosen.clear();
  for (const card of board.cards.values()) card.drawChosen();
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  // Where the focus is in a panel or a dialog that has closed already.
  const isElsewhere = !event.target.closest?.(".panel, .menu, .replay, dialog");
  const panel = isElsewhere && [...document.querySelectorAll(".panel:not([hidden])")].at(-1);
  if (panel) ({ rule, details, history, log, activity })[panel.id].close();
  else forgetChosen();
});

const context = {
  get ledger() {
    return replay.shown;
  },
  chosen,
  actorID: () => (isPast() ? null : actions.actor),
  isCarrying: () => carry.isCarrying,
  presentAs: (owner) => (isPast() ? 0 : Math.max(0, (presence.actors[owner] ?? 0) - (owner === actions.actor ? 1 : 0))),
  createFor: async (owner) => {
    const choice = await askForMarble(owner);
    if (!choice) return;
    const { count, ...wish } = choice;
    await sendAll(Array.from({ length: count }, () => ({ kind: "create", owner: owner.id, ...wish })));
  },
  addOwner: async (company) => {
    const name = await askForOwner(company);
    if (name) actions.send({ kind: "register", name, company });
  },
  retire: async (owner) => {
    if (await askToRetire(owner)) actions.send({ kind: "retire", owner: owner.id });
  },
};
const board = new Board(context, [ledger, replay.past]);

async function sendAll(wishes) {
  forgetChosen();
  const count = await actions.sendAll(wishes);
  if (wishes.length > 1) announce(say("doneMany", { count, all: wishes.length }));
}

const give = (marbles, owner) => sendAll(marbles.filter((marble) => marble.owner !== owner.id).map((marble) => ({ kind: "transfer", marble: marble.id, owner: owner.id })));
const remove = async (marbles) => {
  if (await askToDelete(marbles)) sendAll(marbles.map((marble) => ({ kind: "delete", marble: marble.id })));
};
const carry = new Carry({ board, ledger, isPast, together, drop: (marbles, target) => (target === "bin" ? remove(marbles) : give(marbles, target.owner)) });
new MarbleMenu({ get ledger() { return replay.shown; }, isPast, chosen, together, choose, give, remove, showHistory: (id) => history.open(id) });
const rule = new RulePanel();
const chain = new Chain(ledger, openBlock);

// Going back

replay.addEventListener("moved", ({ detail }) => {
  chain.mark(detail.number);
  // What is told of now would stand in front of then.
  if (detail.number === null) board.draw();
  else story.close();
});

byID("jump").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = byID("jump-to");
  const text = field.value.trim();
  try {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : (await ask(`transactions/${encodeURIComponent(text)}`)).block;
    if (number >= ledger.height) throw new Error(say("noBlock", { number }));
    field.value = "";
    field.setCustomValidity("");
    openBlock(number);
  } catch (error) {
    field.setCustomValidity(error.message);
    field.reportValidity();
  }
});
byID("jump-to").addEventListener("input", (event) => event.target.setCustomValidity(""));

// Who acts

const actorKey = "marbles.actor";

function drawActors() {
  const select = byID("actor");
  const owners = [...ledger.owners.values()].filter((owner) => owner.isEnabled);
  const wanted = actions.actor ?? sessionStorage.getItem(actorKey);
  actions.actor = owners.find((owner) => owner.id === wanted)?.id ?? owners[0]?.id ?? null;
  const groups = Map.groupBy(owners, (owner) => owner.company);
  select.replaceChildren(...[...groups].map(([company, members]) =>
    make("optgroup", { label: company }, members.map((owner) => make("option", { value: owner.id, selected: owner.id === actions.actor }, titleCase(owner.name))))));
}

byID("actor").addEventListener("change", (event) => {
  actions.actor = event.target.value;
  sessionStorage.setItem(actorKey, actions.actor);
  board.refresh();
  stream.tellActor();
});
ledger.addEventListener("reset", () => {
  const before = actions.actor;
  drawActors();
  board.refresh();
  if (actions.actor !== before) stream.tellActor();
});
ledger.addEventListener("blocks", ({ detail }) => {
  for (const change of detail.changes) if (change.kind === "gone") chosen.delete(change.id);
  // Points change often; the list only with those who are on it.
  if (!detail.changes.some((change) => change.kind === "owner" && !change.isListed)) return;
  const before = actions.actor;
  drawActors();
  if (actions.actor !== before) {
    board.refresh();
    stream.tellActor();
  }
});

// Actions: a ghost where the marble may come to, a note where it was refused

function sentence({ wish }) {
  const marble = wish.marble ? ledger.marbles.get(wish.marble) ?? wish.before : { color: wish.color, size: wish.size };
  const owner = ledger.owner(wish.owner);
  const target = owner ? titleCase(owner.name) : wish.name ?? "";
  return say(`what${wish.kind}`, { marble: marble?.color ? describeMarble(marble) : "", target, company: wish.company ?? "" });
}

const pictureOf = ({ wish }) => {
  const marble = wish.marble ? ledger.marbles.get(wish.marble) : wish.color && { id: wish.request, color: wish.color, size: wish.size };
  return marble ? marblePicture(marble) : null;
};

const who = (wish) => titleCase(ledger.owner(wish.actor)?.name ?? wish.name ?? "");

actions.addEventListener("sent", ({ detail: action }) => {
  const { wish } = action;
  wish.before = ledger.marbles.get(wish.marble);
  action.sentence = sentence(action);
  const card = board.cards.get(wish.owner);
  const picture = pictureOf(action);
  if (picture && card && wish.kind !== "delete") action.ghost = card.addGhost(picture);
  board.cards.get(wish.before?.owner)?.marbleElement(wish.marble)?.classList.add("is-carried");
});

for (const type of ["settled", "lost"]) {
  actions.addEventListener(type, ({ detail: action }) => {
    const { wish, story } = action;
    // Where the marble is to come the ghost waits for it.
    if (hasSucceeded(story) && ledger.height <= story.block) ledger.addEventListener("blocks", () => action.ghost?.remove(), { once: true });
    else action.ghost?.remove();
    if (type === "settled") activity.measure(story);
    const origin = board.cards.get(wish.before?.owner ?? wish.owner);
    const marble = origin?.marbleElement(wish.marble);
    marble?.classList.remove("is-carried");
    if (hasSucceeded(story)) {
      if (!action.isOneOfMany) announce(say("done", { what: action.sentence, block: story.block }) + (story.earlier.length ? ` ${say("attempts", { count: story.earlier.length + 1 })}` : ""));
      return;
    }
    marble?.classList.add("is-refused");
    setTimeout(() => marble?.classList.remove("is-refused"), 600);
    const again = { ...wish, request: undefined, before: undefined };
    const place = origin ?? board.cards.get(actions.actor);
    const note = noteOf(action, { who: who(wish), again: () => actions.send(again) });
    if (place) place.addNote(note);
    else byID("board").prepend(note);
    note.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    activity.add({ text: `${reasonOf(story)} ${say("sent", { actor: who(wish), what: action.sentence })}`, isBad: true });
  });
}

const story = new StoryView(actions, { describe: (action) => say("sent", { actor: who(action.wish), what: sentence(action) }), picture: pictureOf });

// Language, theme

function drawLanguage() {
  translatePage();
  byID("language").textContent = say("otherLanguage");
  byID("language").setAttribute("aria-label", say("otherLanguageName"));
  byID("language").lang = currentLanguage() === "en" ? "zh" : "en";
  byID("search").placeholder = say("searchShort");
  byID("jump-to").placeholder = say("jumpShort");
  for (const [id, word] of [["open-log", "logTitle"], ["open-replay", "replay"]]) byID(id).title = say(word);
  drawTheme();
  drawStatus();
}

const themes = ["auto", "light", "dark"];
const themeKey = "marbles.theme";
let theme = themes.includes(localStorage.getItem(themeKey)) ? localStorage.getItem(themeKey) : "auto";

function drawTheme() {
  document.documentElement.dataset.theme = theme;
  const label = say({ auto: "themeAuto", light: "themeLight", dark: "themeDark" }[theme]);
  byID("theme").replaceChildren(icon({ auto: "auto", light: "sun", dark: "moon" }[theme]));
  byID("theme").setAttribute("aria-label", label);
  byID("theme").title = label;
}

byID("theme").addEventListener("click", () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  localStorage.setItem(themeKey, theme);
  drawTheme();
});
byID("language").addEventListener("click", () => {
  toggleLanguage();
  story.close();
  for (const panel of [rule, details, history, log, activity]) panel.close();
  drawLanguage();
  replay.redraw();
  board.draw();
  chain.draw();
  activity.draw();
  byID("language").focus();
});

// The shelf stands out once cards pass below it.
new IntersectionObserver(([entry]) => document.documentElement.classList.toggle("is-scrolled", !entry.isIntersecting)).observe(document.querySelector(".bar"));

// The connection

let status = "connecting";
let wasLost = false;
/** Whether the server reaches the node. */
let isLedgerReachable = true;

function drawStatus() {
  const shown = status === "live" && !isLedgerReachable ? "unreachable" : status;
  byID("live").dataset.state = shown;
  byID("live").title = say(shown);
  byID("live").querySelector(".live-text").textContent = say(shown);
}

const stream = new Stream({
  hello: (settings) => {
    ledger.settings = settings;
    rule.look();
  },
  state: (state) => {
    byID("waiting")?.remove();
    ledger.reset(state);
    replay.followAddress();
  },
  blocks: (blocks) => ledger.take(blocks),
  run: (run) => ledger.takeRun(run),
  rule: (deployed) => {
    rule.take(deployed);
    activity.add({ text: say("ruleByOther"), isGood: true });
  },
  presence: (now) => {
    // Looked up by ids from the ledger, which may be anything, such as "constructor".
    Object.setPrototypeOf(now.actors, null);
    presence = now;
    activity.takePresence(now);
    for (const card of board.cards.values()) card.drawPresence();
  },
  ledger: ({ isReachable }) => {
    if (isReachable !== isLedgerReachable) activity.add({ text: say(isReachable ? "reachable" : "unreachable"), isBad: !isReachable, isGood: isReachable });
    isLedgerReachable = isReachable;
    drawStatus();
  },
  story: (story) => actions.takeStory(story),
  resumed: () => announce(say("resumed")),
  status: (now) => {
    if (now === "lost" && !wasLost) activity.add({ text: say("lost"), isBad: true });
    if (now === "live" && wasLost) activity.add({ text: say("resumed"), isGood: true });
    if (now === "lost") wasLost = true;
    // While it tries again it stays lost: blinking would say nothing.
    status = now === "connecting" && wasLost ? "lost" : now;
    if (now === "live") wasLost = false;
    drawStatus();
  },
}, () => actions.actor);
drawLanguage();
stream.open();
