// Asynchronous invocations: those that wait or ran, and those that were given up.

import { h, fill, panel, table, badge, empty, confirm, toast } from "/dom.js";
import { get, post, put, remove, path, session } from "/api.js";
import { attempt } from "/app.js";
import { number, time, bytes } from "/format.js";

const kinds = { Succeeded: "good", Failed: "bad", Expired: "bad", Invalid: "bad", Running: "info", Retrying: "warn" };

export async function show({ main, signal }) {
  const [letters, calls] = await Promise.all([get("/api/deadletters", { limit: 100 }, { signal }), get("/api/invocations", { limit: 100 }, { signal })]);
  const again = () => show({ main, signal });
  const link = (item) => h("a", { href: path`#/functions/${item.serviceName}/${item.functionName}` }, `${item.serviceName}/${item.functionName}`);
  const edit = h("div");
  fill(main, h("div", { class: "head" }, h("h1", null, "Invocations"), h("span", { class: "note" }, "asynchronous ones")),
    edit,
    panel([h("h2", null, "Given up"), h("span", { class: "end muted" }, number(letters.length))], letters.length ? table([
      ["Number", (item) => item.number], ["Function", (item) => link(item.invocation)], ["Why", (item) => [badge(item.condition, "bad"), h("div", { class: "faint" }, item.error)], "wrap"],
      ["When", (item) => time(item.buriedAt), "nowrap"], ["Event", (item) => bytes(item.payloadByteCount), "right"],
      ["", (item) => h("span", { class: "row-of" },
        h("button", { class: "plain", onclick: (event) => attempt(event.target, () => open(item.number)) }, "Look"),
        session.role !== "reader" && h("button", { class: "plain", onclick: (event) => attempt(event.target, async () => {
          const { invocationId } = await post(path`/api/deadletters/${item.number}/redrive`, {});
          toast(`Sent again as ${invocationId}.`);
          await again();
        }) }, "Send again"),
        session.role === "admin" && h("button", { class: "plain danger", onclick: (event) => attempt(event.target, async () => {
          if (!await confirm("Remove the dead letter?", `Number ${item.number} with its event will be gone.`, "Remove")) return;
          await remove(path`/api/deadletters/${item.number}`);
          await again();
        }) }, "Remove"))],
    ], letters) : empty("Nothing was given up.")),
    panel([h("h2", null, "Waiting, running and kept"), h("span", { class: "end muted" }, number(calls.length))], calls.length ? table([
      ["Invocation", (item) => h("code", null, item.invocationId)], ["Function", link], ["Status", (item) => badge(item.status, kinds[item.status])],
      ["Begun", (item) => item.enqueuedTime ? time(new Date(item.enqueuedTime).toISOString(), true) : "", "nowrap"], ["Retries", (item) => item.alreadyRetriedTimes ?? 0, "right"],
      ["", (item) => item.invocationErrorMessage ?? "", "wrap muted"],
      ["", (item) => h("a", { href: path`#/functions/${item.serviceName}/${item.functionName}/invocations` }, "Calls")],
    ], calls) : empty("None waits or is kept.")));

  async function open(number) {
    const item = await get(path`/api/deadletters/${number}`, null, { signal });
    // A field for text would change other bytes.
    const isText = item.payloadBase64 === undefined;
    const event = h("textarea", { rows: "10", spellcheck: "false", "aria-label": "Event", value: item.payload ?? "", disabled: session.role === "reader" });
    // Fields have ends of lines of their own, so what nobody changed is not sent back but left as it is.
    let kept = event.value;
    const save = h("button", { onclick: () => attempt(save, async () => { await put(path`/api/deadletters/${number}`, { payload: event.value }); kept = event.value; toast("The dead letter holds this event now."); }) }, "Keep this event");
    const send = h("button", { class: "main", onclick: () => attempt(send, async () => { await post(path`/api/deadletters/${number}/redrive`, !isText || event.value === kept ? {} : { payload: event.value }); toast("Sent again."); await again(); }) }, "Send again");
    fill(edit, panel([h("h2", null, `Dead letter ${number}`), h("button", { class: "plain end", onclick: () => fill(edit) }, "Close")],
      h("div", { class: "body stack" }, h("div", { class: "bad-text" }, item.error),
        isText ? event : [h("p", { class: "muted" }, `The event is ${bytes(item.payloadByteCount)} that are no text. It can be sent again as it is; `, h("code", null, `duet deadletter edit ${number} --event-file …`), " puts another one in its place."),
          h("pre", null, h("span", { class: "muted" }, "base64 "), item.payloadBase64.slice(0, 4096), item.payloadBase64.length > 4096 && "…")],
        session.role !== "reader" && h("div", { class: "row-of" }, isText && save, send))));
    edit.scrollIntoView({ block: "nearest" });
  }
}
