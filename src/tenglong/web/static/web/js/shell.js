// What every page needs: search key, phone menu, row links and keys, confirmations, toasts, htmx wiring.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && $("#search")) {
    event.preventDefault();
    $("#search").focus();
    $("#search").select();
  }
  if (event.key === "Escape") $$("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
  if (!typing) moveInTable(event);
});

function moveInTable(event) {
  const rows = $$("table.data tbody tr[data-href]");
  const here = rows.indexOf(document.activeElement?.closest("tr[data-href]"));
  if (event.key === "Enter" && here >= 0 && document.activeElement.tagName === "TR") location.assign(rows[here].dataset.href);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !rows.length || (here < 0 && document.activeElement !== document.body)) return;
  event.preventDefault();
  rows[Math.min(rows.length - 1, Math.max(0, here + step))].focus();
}

document.addEventListener("click", (event) => {
  const nav = event.target.closest("[data-nav]");
  if (nav) nav.setAttribute("aria-expanded", String(document.body.classList.toggle("nav-open")));
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  if (event.target.closest("[data-print]")) window.print();
  $$("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label, select")) {
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else if (!String(window.getSelection())) location.assign(row.dataset.href);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-pick-all]")) {
    $$("[data-pick]", event.target.closest("table")).forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) countPicked();
});

function countPicked() {
  const picked = $$("[data-pick]:checked");
  picked.length ? $$("[data-picked]").forEach((mark) => { mark.textContent = picked.length; }) : $$("[data-picked]").forEach((mark) => { mark.textContent = 0; });
  $$("[data-needs-picked]").forEach((button) => { button.disabled = picked.length < Number(button.dataset.needsPicked || 1); });
  $$("tr[data-href]").forEach((row) => row.toggleAttribute("aria-selected", Boolean($("[data-pick]:checked", row))));
}

// <form data-confirm="标题" data-consequences="一|二" data-typed="编码">: consequences are said before the step.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  const submitter = event.submitter;
  ask(form.dataset.confirm, (form.dataset.consequences || "").split("|").filter(Boolean), form.dataset.typed).then((yes) => {
    if (!yes) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(submitter);
  });
}, true);

/** Promise of true when the user confirms; `typed` asks to type a word first. */
export function ask(title, consequences = [], typed = "") {
  const dialog = $("#confirm");
  $("#confirm-title").textContent = title;
  $("#confirm-list").replaceChildren(...consequences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  $("#confirm-typed").hidden = !typed;
  $("#confirm-typed label").textContent = typed ? `${typed}` : "";
  const word = $("#confirm-word");
  const yes = $('button[value="yes"]', dialog);
  word.value = "";
  yes.disabled = Boolean(typed);
  word.oninput = () => { yes.disabled = word.value.trim() !== typed; };
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** A short message in the corner; tone: success, warning, error. */
export function toast(text, tone = "") {
  const box = Object.assign(document.createElement("div"), { className: `toast ${tone}` });
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.dataset.dismiss = "";
  box.append(close);
  $("#toasts").append(box);
  setTimeout(() => box.remove(), 8000);
}

export const csrf = () => document.body.dataset.csrf;

/** `fetch` that carries the CSRF token and reads JSON; throws an Error with the server's own sentence. */
export async function send(url, { method = "POST", body } = {}) {
  const answer = await fetch(url, {
    method, body: body === undefined ? undefined : JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() }, credentials: "same-origin",
  });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.message || `HTTP ${answer.status}`);
  return data;
}

document.addEventListener("htmx:config:request", (event) => { event.detail.ctx.request.headers["X-CSRFToken"] = csrf(); });
document.addEventListener("htmx:error", () => toast(document.body.dataset.noAnswer, "error"));
document.addEventListener("htmx:response:error", (event) => toast(`HTTP ${event.detail?.ctx?.response?.status ?? ""}`, "error"));

// A file is chosen by our own button, in the language of the page.
for (const field of $$('input[type="file"]')) {
  field.classList.add("visually-hidden");
  if (field.closest(".survey-drop")) continue;
  const box = Object.assign(document.createElement("label"), { className: "row" });
  const told = Object.assign(document.createElement("span"), { className: "muted small", textContent: document.body.dataset.noFile });
  field.replaceWith(box);
  box.append(field, Object.assign(document.createElement("span"), { className: "btn", textContent: document.body.dataset.chooseFile }), told);
  field.addEventListener("change", () => { told.textContent = field.files[0]?.name || ""; });
}
// A date is written 2026-11-22 whatever the browser's language; the calendar stays one click away.
for (const field of $$('input[type="date"]')) {
  const picker = Object.assign(document.createElement("input"), { type: "date", className: "day-pick", tabIndex: -1, min: field.min, max: field.max, value: field.value });
  picker.setAttribute("aria-hidden", "true");
  const box = Object.assign(document.createElement("span"), { className: "day" });
  const day = field.value;
  field.replaceWith(box);
  Object.assign(field, { type: "text", value: day, inputMode: "numeric", maxLength: 10, pattern: "\\d{4}-\\d{2}-\\d{2}", placeholder: field.placeholder || document.body.dataset.dateBlank, autocomplete: "off" });
  field.title ||= document.body.dataset.dateForm;
  box.append(field, picker);
  picker.addEventListener("change", () => { field.value = picker.value; field.dispatchEvent(new Event("input", { bubbles: true })); field.dispatchEvent(new Event("change", { bubbles: true })); });
  field.addEventListener("change", () => { picker.value = field.value; });
}
countPicked();
// On a phone a row becomes a card: each figure keeps the unit that stands in the head of its column.
for (const cell of $$("table.cards td[data-label]")) {
  const head = cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex]?.textContent.replace(/[↑↓]/g, "").trim() ?? "";
  if (head.length > cell.dataset.label.length && head.startsWith(cell.dataset.label)) cell.dataset.label = head.replace(cell.dataset.label, `${cell.dataset.label} `).replace(/\s+/g, " ");
}
// Drafts: <form data-draft="key"> keeps what was typed until it is sent.
for (const form of $$("form[data-draft]")) {
  const key = `draft:${form.dataset.draft}`;
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  const note = $("[data-draft-note]", form);
  if (kept && note) {
    note.hidden = false;
    $("[data-draft-restore]", note)?.addEventListener("click", () => { restore(form, kept); note.hidden = true; });
    $("[data-draft-drop]", note)?.addEventListener("click", () => { sessionStorage.removeItem(key); note.hidden = true; });
  }
  form.addEventListener("input", () => {
    const values = Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf|lock)/.test(name)));
    sessionStorage.setItem(key, JSON.stringify(values));
  });
  form.addEventListener("submit", () => form.dataset.confirm && !form.dataset.confirmed || sessionStorage.removeItem(key));
}

function restore(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const item = form.elements[name];
    if (item instanceof RadioNodeList || item) item.value = value;
  }
}
