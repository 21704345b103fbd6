// Templates: paste, see what would change, apply.

import { h, fill, panel, table, badge, empty, toast } from "/dom.js";
import { get, post, session } from "/api.js";
import { attempt, problem } from "/app.js";

const kinds = { create: "good", update: "warn", remove: "bad", unchanged: "", left: "" };

export async function show({ main, signal }) {
  const text = h("textarea", { rows: "22", spellcheck: "false", "aria-label": "Template", placeholder: "ROSTemplateFormatVersion: '2015-09-01'\nTransform: 'Aliyun::Serverless-2018-04-03'\nResources: …", value: localStorage.getItem("template") ?? "" });
  const result = h("div", null, empty("A plan says what would change and changes nothing."));
  const codes = {};
  const packages = h("div");
  const target = h("input", { placeholder: "service/function", "aria-label": "Function of the package", spellcheck: "false" });
  const file = h("input", { type: "file", accept: ".zip,application/zip", "aria-label": "Code package" });
  const add = h("button", { onclick: () => attempt(add, async () => {
    if (!/^[^/]+\/[^/]+$/.test(target.value.trim()) || !file.files[0]) { toast("Name the function as service/function and choose a zip archive.", "bad"); return; }
    const { digest } = await post("/api/code", file.files[0], { headers: { "Content-Type": "application/zip" } });
    codes[target.value.trim()] = digest;
    drawCodes();
  }) }, "Add code");
  const drawCodes = () => fill(packages, Object.entries(codes).map(([name, digest]) => h("div", null, h("code", null, name), " ", h("code", { class: "faint" }, digest.slice(0, 12)))));
  // What is deployed keeps its code unless another package is given.
  for (const item of await get("/api/functions", null, { signal })) {
    const { codeDigest } = await get(`/api/functions/${encodeURIComponent(item.service)}/${encodeURIComponent(item.function)}`, null, { signal });
    if (codeDigest) codes[`${item.service}/${item.function}`] = codeDigest;
  }
  drawCodes();
  const send = (isDryRun) => async (event) => {
    localStorage.setItem("template", text.value);
    await attempt(event.target, async () => {
      try {
        const told = await post("/api/deployments", { template: text.value, codes, isDryRun });
        fill(result, told.isUnchanged && h("div", { class: "note-box" }, "Nothing changes: this is what is deployed."),
          told.notices.length > 0 && h("div", { class: "note-box warn" }, told.notices.map((notice) => h("div", null, `Line ${notice.line}: ${notice.text}`))),
          !isDryRun && !told.isUnchanged && h("div", { class: "note-box good" }, "Deployed."),
          table([["", (change) => badge(change.action, kinds[change.action])], ["", (change) => change.kind, "muted"], ["Name", (change) => change.name], ["Details", (change) => change.details.map((line) => h("div", null, line)), "wrap"]], told.changes));
      } catch (error) { fill(result, problem(error)); }
    });
  };
  fill(main, h("div", { class: "head" }, h("h1", null, "Deploy"), h("span", { class: "note" }, "a template")),
    h("div", { class: "columns" },
      panel([h("h2", null, "template.yml"), h("span", { class: "end" }, h("button", { onclick: send(true) }, "Plan"), h("button", { class: "main", disabled: session.role !== "admin", onclick: send(false) }, "Apply"))], h("div", { class: "body" }, text)),
      h("div", { class: "stack" }, panel("Plan", h("div", { class: "body" }, result)),
        panel("Code packages", h("div", { class: "body stack" }, packages, h("div", { class: "row-of" }, target, file, add))))));
}
