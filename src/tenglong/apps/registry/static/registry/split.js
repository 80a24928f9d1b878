// Draw a cutting line on the plot; the server cuts and measures, nothing is written until the form is sent.
import { csrf } from "../web/js/shell.js";

const $ = (selector) => document.querySelector(selector);
const frame = JSON.parse($("#cut-frame").textContent);
const map = $("#cut-map");
const field = $('#cut-form [name="line"]');
const colours = ["#2f7fd6", "#d69a00", "#1f9d61", "#c2578f", "#7a68b3", "#56b4e9"];
let points = [];
const svg = (name, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};
const toLonLat = ([x, y]) => [frame.minx + x / frame.scale / frame.squeeze, frame.maxy - y / frame.scale];

function draw() {
  $("#cut-line").setAttribute("points", points.map((point) => point.join(",")).join(" "));
  $("#cut-dots").replaceChildren(...points.map(([cx, cy]) => svg("circle", { cx, cy, r: 4, fill: "#b3261e" })));
}

function reset() {
  field.value = "";
  $("#cut-save").disabled = true;
  $("#cut-table").hidden = true;
  $("#cut-none").hidden = false;
  $("#cut-error").textContent = "";
  $("#cut-pieces").replaceChildren();
}

map.addEventListener("click", (event) => {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
  points.push([Number(at.x.toFixed(2)), Number(at.y.toFixed(2))]);
  draw();
  if (points.length > 1) preview();
});
map.addEventListener("keydown", (event) => { if (event.key === "Enter") preview(); if (event.key === "Backspace") undo(); });
const undo = () => { points.pop(); draw(); reset(); if (points.length > 1) preview(); };
$("#cut-undo").addEventListener("click", undo);
$("#cut-clear").addEventListener("click", () => { points = []; draw(); reset(); });

async function preview() {
  reset();
  const line = JSON.stringify(points.map(toLonLat));
  const answer = await fetch(map.dataset.preview, { method: "POST", body: line, headers: { "X-CSRFToken": csrf(), "Content-Type": "application/json" } });
  const told = await answer.json();
  if (!answer.ok) { $("#cut-error").textContent = told.message; return; }
  field.value = line;
  $("#cut-save").disabled = false;
  $("#cut-none").hidden = true;
  $("#cut-table").hidden = false;
  $("#cut-total").textContent = told.total_mu;
  $("#cut-pieces").replaceChildren(...told.pieces.flatMap((piece, index) => {
    const label = svg("text", { x: piece.x, y: piece.y, "text-anchor": "middle", "font-size": 16, "font-weight": 700, fill: "#ffffff" });
    label.textContent = index + 1;
    const shape = svg("path", { d: piece.path });
    shape.style.fill = colours[index % colours.length];
    return [shape, label];
  }));
  $("#cut-table tbody").replaceChildren(...told.pieces.map((piece, index) => {
    const row = document.createElement("tr");
    for (const [text, tone] of [[index + 1, ""], [piece.mu, "n"], [piece.m2, "n"]]) row.append(Object.assign(document.createElement("td"), { textContent: text, className: tone }));
    return row;
  }));
}
