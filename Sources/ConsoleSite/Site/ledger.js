// What the ledger's pages have in common.

import { h, badge, copyButton, facts } from "/dom.js";
import { path } from "/api.js";
import { moment } from "/format.js";

export const timeOf = (item) => new Date(item.time).getTime();

export const code = (item) => badge(item.code, item.isValid ? "good" : "bad");

/** Bytes as the API tells them: text where they are one, else base64; long ones are cut. */
export function value(holder, name = "value") {
  const text = holder?.[name];
  const base64 = holder?.[`${name}Base64`];
  const cut = holder?.[`${name}ByteCount`];
  const note = cut && h("div", { class: "faint" }, `the first 4 096 of ${cut} bytes`);
  if (base64 !== undefined) return [h("code", { class: "muted" }, "base64 "), h("code", null, base64), note];
  if (text === undefined) return h("span", { class: "faint" }, "–");
  if (text === "") return h("span", { class: "faint" }, "empty");
  try {
    const parsed = JSON.parse(text);
    if (parsed && typeof parsed === "object") return [h("pre", null, JSON.stringify(parsed, null, text.length > 80 ? 2 : 0)), note];
  } catch { /* Most values are no JSON. */ }
  return [h("pre", null, visible(text)), note];
}

/** Composite keys are joined by U+0000, which nobody sees. */
export const visible = (text) => text.replaceAll("\u0000", "\\0").replaceAll("\u{10FFFF}", "\\u{10FFFF}");

/** A key that leads to its history. */
export function keyLink(channel, item) {
  const text = item.key ?? item.keyBase64;
  if (text === undefined) return h("span", { class: "muted" }, item.keyHash ? `hash ${item.keyHash.slice(0, 16)}…` : "");
  const query = item.key !== undefined ? path`key=${item.key}` : path`keyBase64=${item.keyBase64}`;
  return h("a", { class: "mono", href: path`#/channels/${channel}/state/${item.namespace}` + `?${query}` }, visible(text) || h("span", { class: "faint" }, "empty key"));
}

/** Why a transaction is not valid, in one line: the key that was overtaken, and by whom. */
export function culprit(channel, told) {
  if (!told) return null;
  const conflict = told.conflict;
  if (!conflict?.winner) return h("span", { class: "muted" }, told.message);
  return [keyLink(channel, conflict), h("span", { class: "muted" }, " overtaken by "), placeLink(channel, conflict.winner)];
}

export const placeLink = (channel, version) => version
  ? h("a", { href: path`#/channels/${channel}/transactions/${`${version.block}:${version.index}`}`, class: "nowrap" }, `${version.block} : ${version.index}`)
  : h("span", { class: "faint" }, "did not exist");

/** Who signed, with the certificate to unfold. */
export function identity(item) {
  if (!item?.mspId) return h("span", { class: "faint" }, "–");
  const title = [item.name ?? "?", h("span", { class: "muted" }, " ", item.mspId)];
  const certificate = item.certificate;
  if (!certificate) return h("div", null, title);
  return h("details", null, h("summary", null, title), h("div", { class: "certificate" }, facts(
    ["Subject", h("code", null, certificate.subject)], ["Issuer", h("code", null, certificate.issuer)],
    ["Roles", (certificate.organizationalUnits ?? []).join(", ")], ["Serial", h("code", null, certificate.serialNumber)],
    ["Valid", `${moment(certificate.notBefore)} – ${moment(certificate.notAfter)}`],
    ["PEM", [copyButton(certificate.pem), h("pre", { class: "faint" }, certificate.pem)]])));
}
