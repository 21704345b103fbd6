// Calling a contract: a form for each of its methods, made from the JSON schemas of their arguments.

import { h, fill, badge, json } from "/dom.js";
import { post, path, session } from "/api.js";
import { attempt, problem } from "/app.js";
import { value } from "/ledger.js";

/** A field for one argument, and how its text is read. */
function field({ name, schema }) {
  const type = schema?.type;
  const hint = schema?.description ?? (type === "object" || type === "array" ? "JSON" : type ?? "");
  let input;
  if (type === "boolean") input = h("select", null, h("option", null, "true"), h("option", null, "false"));
  else if (schema?.enum) input = h("select", null, schema.enum.map((item) => h("option", null, item)));
  else if (type === "object" || type === "array") input = h("textarea", { rows: "3", spellcheck: "false", placeholder: type === "array" ? "[]" : "{}" });
  else input = h("input", { type: type === "integer" || type === "number" ? "number" : "text", step: type === "number" ? "any" : undefined, spellcheck: "false" });
  return { element: h("label", { class: "field" }, h("span", null, name, " ", h("small", null, hint)), input), read: () => input.value };
}

/** What a linked contract can do, each with a form; nothing where nothing is known of it. */
export function methods(channel, contract) {
  if (!contract?.methods?.length) return null;
  return h("div", { class: "body" }, contract.methods.map((method) => {
    const fields = (method.parameters ?? []).map(field);
    const answer = h("div");
    const run = (kind) => async (event) => {
      event.preventDefault();
      await attempt(event.target, async () => {
        fill(answer, h("span", { class: "muted" }, kind === "submit" ? "Being endorsed, ordered and committed …" : "Being asked …"));
        try {
          const told = await post(path`/api/channels/${channel}/contracts/${contract.name}/` + kind, { function: method.name, arguments: fields.map((item) => item.read()) });
          fill(answer, h("div", { class: "note-box good" }, told.transaction && h("div", null, badge(told.code ?? "VALID", "good"), " ",
            h("a", { class: "mono", href: path`#/channels/${channel}/transactions/${told.transaction}` }, told.transaction)), value(told, "result")));
        } catch (error) { fill(answer, problem(error)); }
      });
    };
    return h("details", { class: "method" },
      h("summary", null, h("code", null, method.name), h("span", { class: "faint" }, " ", (method.parameters ?? []).map((item) => item.name).join(", "))),
      h("form", { class: "body", onsubmit: (event) => event.preventDefault() }, fields.map((item) => item.element),
        h("div", { class: "row-of" }, h("button", { type: "button", onclick: run("evaluate") }, "Evaluate"),
          h("button", { type: "button", class: "main", disabled: session.role === "reader", onclick: run("submit") }, "Submit")), answer));
  }));
}
