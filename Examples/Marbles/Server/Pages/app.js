// Puts everything together.

import { Actions, hasSucceeded } from "./actions.js";
import { announce, byID, icon, make } from "./dom.js";
import { Ledger } from "./ledger.js";
import { Stream } from "./stream.js";
import { currentLanguage, describeMarble, say, titleCase, toggleLanguage, translatePage } from "./words.js";
import { Board } from "./view/board.js";
import { Carry } from "./view/carry.js";
import { Chain } from "./view/chain.js";
import { DetailsPanel } from "./view/details.js";
import { askForMarble, askForOwner, askToDelete, askToRetire } from "./view/dialogs.js";
import { HistoryPanel } from "./view/history.js";
import { marblePicture } from "./view/marble.js";
import { MarbleMenu } from "./view/menu.js";
import { noteOf } from "./view/note.js";
import { RulePanel } from "./view/rule.js";
import { StoryView } from "./view/story.js";

const ledger = new Ledger();
const actions = new Actions(ledger);
const details = new DetailsPanel(ledger);
const history = new HistoryPanel(ledger, (number) => details.open(number));

const context = {
  ledger,
  actorID: () => actions.actor,
  isCarrying: () => carry.isCarrying,
  createFor: async (owner) => {
    const choice = await askForMarble(owner);
    if (choice) actions.send({ kind: "create", owner: owner.id, ...choice });
  },
  addOwner: async (company) => {
    const name = await askForOwner(company);
    if (name) actions.send({ kind: "register", name, company });
  },
  retire: async (owner) => {
    if (await askToRetire(owner)) actions.send({ kind: "retire", owner: owner.id });
  },
};
const board = new Board(context);
const give = (marble, owner) => actions.send({ kind: "transfer", marble: marble.id, owner: owner.id });
const remove = async (marble) => {
  if (await askToDelete(marble)) actions.send({ kind: "delete", marble: marble.id });
};
const carry = new Carry({ board, ledger, drop: (marble, target) => (target === "bin" ? remove(marble) : give(marble, target.owner)) });
new MarbleMenu({ ledger, give, remove, showHistory: (id) => history.open(id) });
const rule = new RulePanel();
const chain = new Chain(ledger, (number) => details.open(number));

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
});
ledger.addEventListener("reset", () => {
  drawActors();
  board.refresh();
});
ledger.addEventListener("block", ({ detail }) => {
  if (detail.changes.some((change) => change.kind === "owner")) {
    drawActors();
    board.refresh();
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
    action.ghost?.remove();
    const origin = board.cards.get(wish.before?.owner ?? wish.owner);
    const marble = origin?.marbleElement(wish.marble);
    marble?.classList.remove("is-carried");
    if (hasSucceeded(story)) {
      announce(say("done", { what: action.sentence, block: story.block }));
      return;
    }
    marble?.classList.add("is-refused");
    setTimeout(() => marble?.classList.remove("is-refused"), 600);
    const again = { ...wish, request: undefined, before: undefined };
    const place = origin ?? board.cards.get(actions.actor);
    const note = noteOf(action, { who: who(wish), again: () => actions.send(again) });
    if (place) place.addNote(note);
    else byID("board").prepend(note);
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
  rule.close();
  details.close();
  history.close();
  drawLanguage();
  board.draw();
  chain.draw();
});

// The shelf stands out once cards pass below it.
new IntersectionObserver(([entry]) => document.documentElement.classList.toggle("is-scrolled", !entry.isIntersecting)).observe(document.querySelector(".bar"));

// The connection

let status = "connecting";
let wasLost = false;

function drawStatus() {
  byID("live").dataset.state = status;
  byID("live").title = say(status);
  byID("live").querySelector(".live-text").textContent = say(status);
}

new Stream({
  hello: (settings) => {
    ledger.settings = settings;
    rule.look();
  },
  state: (state) => {
    byID("waiting")?.remove();
    ledger.reset(state);
  },
  block: (block) => ledger.take(block),
  run: (run) => ledger.takeRun(run),
  rule: (deployed) => rule.take(deployed),
  story: (story) => actions.takeStory(story),
  resumed: () => announce(say("resumed")),
  status: (now) => {
    if (now === "lost") wasLost = true;
    // While it tries again it stays lost: blinking would say nothing.
    status = now === "connecting" && wasLost ? "lost" : now;
    if (now === "live") wasLost = false;
    drawStatus();
  },
}).open();
drawLanguage();
