// The “as of” slider: dragging shows the date, letting go opens the record as it was that day.
for (const form of document.querySelectorAll("[data-asof]")) {
  const slider = form.querySelector('input[type="range"]');
  const date = form.querySelector('input[name="on"]');
  const start = Date.parse(form.dataset.asof);
  const day = (offset) => new Date(start + offset * 86400000).toISOString().slice(0, 10);
  slider.addEventListener("input", () => { date.value = day(Number(slider.value)); slider.setAttribute("aria-valuetext", date.value); });
  slider.addEventListener("change", () => form.requestSubmit());
}

// My own save shows on an open map at once, without waiting for its next look at the revision.
if (new URLSearchParams(location.search).has("saved")) new BroadcastChannel("tenglong-plots").postMessage("saved");
