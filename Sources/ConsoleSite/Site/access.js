// Who may call: access keys, and the organisation's identities on the ledger.

import { h, fill, panel, table, badge, empty, confirm, copyButton } from "/dom.js";
import { get, post, remove, path, session } from "/api.js";
import { attempt, problem } from "/app.js";
import { moment } from "/format.js";

export async function show({ main, signal }) {
  const isAdmin = session.role === "admin";
  const again = () => show({ main, signal });
  const fresh = h("div");
  const role = h("select", { "aria-label": "Role" }, ["user", "reader", "admin"].map((name) => h("option", null, name)));
  const make = h("button", { onclick: () => attempt(make, async () => {
    const key = await post("/api/keys", { role: role.value });
    await again();
    main.querySelector(".fresh-key").replaceChildren(h("div", { class: "note-box good" }, "The secret is told only now: ", h("code", null, `${key.id}.${key.secret}`), copyButton(`${key.id}.${key.secret}`)));
  }) }, "Make a key");
  fresh.className = "fresh-key";
  const [keys, identities] = await Promise.all([isAdmin ? get("/api/keys", null, { signal }) : [], get("/api/identities", null, { signal }).catch((error) => { if (error.status === 404) return null; throw error; })]);
  fill(main, h("div", { class: "head" }, h("h1", null, "Access keys"), h("span", { class: "note" }, `you call as ${session.role} of ${session.chosen || session.organization}${session.accessKeyId ? ` with ${session.accessKeyId}` : ", without a key, from this machine"}`),
    isAdmin && h("div", { class: "end" }, role, make)), fresh,
    panel(null, !isAdmin ? empty("Only admins see keys.") : keys.length ? table([
      ["Id", (key) => h("code", null, key.id)], ["Role", (key) => badge(key.role, key.role === "admin" ? "warn" : "info")], ["Organisation", (key) => key.organization],
      ["", (key) => h("button", { class: "plain danger", onclick: (event) => attempt(event.target, async () => {
        if (!await confirm("Remove the access key?", `Calls with "${key.id}" will be refused at once.`, "Remove")) return;
        await remove(path`/api/keys/${key.id}`);
        await again();
      }) }, "Remove"), "right"],
    ], keys) : empty("None.")),
    identities && panel("Identities that this node keeps", identities.length ? table([
      ["Name", (item) => item.name], ["Role", (item) => badge(item.role)], ["Expires", (item) => moment(item.expiresAt)], ["Folder", (item) => h("code", { class: "faint" }, item.mspFolder), "wrap wide-only"],
    ], identities) : empty("None.")));
}
