// The flow of grades as a picture above its table; the table stands without script.
import { chart } from "./flow.mjs";

const base = document.getElementById("whatif-script").dataset.echarts;
function draw() { for (const box of document.querySelectorAll("[data-sankey]:not([data-drawn])")) chart(box, base); }
document.addEventListener("htmx:after:swap", draw);
document.addEventListener("htmx:afterSwap", draw);
draw();

const form = document.getElementById("whatif");
if (form) {
  // changed fields stand out; saving a draft leaves the page the plain way
  const mark = () => { for (const field of form.querySelectorAll("[data-base]")) field.classList.toggle("ev-changed", field.value.trim() !== field.dataset.base); };
  form.addEventListener("input", mark);
  form.addEventListener("reset", (event) => { event.preventDefault(); for (const field of form.querySelectorAll("[data-base]")) field.value = field.dataset.base; mark(); });
  form.querySelector("[data-plain]")?.addEventListener("click", (event) => { event.preventDefault(); event.stopImmediatePropagation(); form.action = event.currentTarget.getAttribute("formaction"); form.submit(); }, true);
  mark();
}
