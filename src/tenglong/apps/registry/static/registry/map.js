// 一张图: plots first, quiet grey base, works with no base map.
import { Measure, metresPerPixel, niceScale } from "./measure.js";
import { toPng } from "./picture.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const config = read("map-config");
const words = read("map-strings");
const $ = (selector) => document.querySelector(selector);
const params = new URLSearchParams(location.search);
const say = (text, seconds = 0) => {
  const status = $("#map-status");
  if (!status) return;
  status.textContent = text;
  status.hidden = !text;
  if (seconds) setTimeout(() => { if (status.textContent === text) status.hidden = true; }, seconds * 1000);
};
const number = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });
const mu = (cm2) => number.format(Number(cm2) * 3 / 2e7);
const UNKNOWN = "#b9c0ca";

const hasWebgl = () => {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
};

let by = localStorage.getItem("map-by") in config.fields ? localStorage.getItem("map-by") : "status";
if (params.get("by") in config.fields) by = params.get("by");
if (params.get("plain") === "1") by = "status";
const select = $("#map-by");
if (select) select.value = by;
drawLegend();

if (params.get("plain") !== "1") {
  if (hasWebgl()) start();
  else { params.set("plain", "1"); location.replace(`?${params}`); }
}

function drawLegend() {
  const classes = config.fields[by] || [];
  const list = document.createElement("ul");
  for (const item of classes) {
    const line = document.createElement("li");
    const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    swatch.setAttribute("class", "swatch");
    swatch.setAttribute("aria-hidden", "true");
    const fill = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: item.colour })) fill.setAttribute(name, value);
    swatch.append(fill);
    const link = Object.assign(document.createElement("a"), { textContent: item.label });
    link.href = listUrl(item);
    const count = Object.assign(document.createElement("span"), { className: "n", textContent: `${number.format(item.count)} · ${mu(item.cm2)} ${words.mu}` });
    line.append(swatch, link, count);
    list.append(line);
  }
  const title = Object.assign(document.createElement("strong"), { textContent: config.labels[by] });
  const total = classes.reduce((sum, item) => [sum[0] + item.count, sum[1] + Number(item.cm2)], [0, 0]);
  const foot = Object.assign(document.createElement("p"), { className: "muted", textContent: `${words.total} ${number.format(total[0])} ${words.plots} · ${mu(total[1])} ${words.mu}` });
  $("#map-legend").replaceChildren(title, list, foot);
}

function listUrl(item) {
  if (by === "area") return `${config.urls.list}?${new URLSearchParams({ area_min: item.min ? item.min * 3 / 2e7 : "", area_max: item.max ? item.max * 3 / 2e7 : "" })}`;
  return `${config.urls.list}?${new URLSearchParams({ [by]: item.key || "-" })}`;
}

function colour() {
  const classes = config.fields[by] || [];
  if (by === "area") {
    const steps = classes.filter((item) => item.min !== undefined);
    if (!steps.length) return UNKNOWN;
    const value = ["coalesce", ["get", "mu_e4"], -1];
    return ["case", ["<", value, 0], UNKNOWN, ["step", value, steps[0].colour, ...steps.slice(1).flatMap((item) => [item.min * 3 / 2000, item.colour])]];
  }
  const pairs = classes.filter((item) => item.key).flatMap((item) => [item.key, item.colour]);
  return pairs.length ? ["match", ["coalesce", ["get", by], ""], ...pairs, UNKNOWN] : UNKNOWN;
}

async function start() {
  const maplibregl = await import(config.library);
  let revision = config.revision;
  const tiles = (layer) => [`${location.origin}${layer.tiles}?r=${revision}`];
  const plots = config.layers.find((layer) => layer.id === "plots");
  const extra = config.layers.filter((layer) => layer.id !== "plots");
  const font = ["Noto Sans SC Variable", "Noto Sans CJK SC", "sans-serif"];
  const style = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": "#eceff3" } }] };
  const outlines = await (await fetch(config.urls.outlines)).json();
  const names = outlines.features.map(({ properties }) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [properties.lon, properties.lat] } }));
  style.sources.outlines = { type: "geojson", data: outlines };
  style.sources.names = { type: "geojson", data: { type: "FeatureCollection", features: names } };
  style.layers.push(
    { id: "towns", type: "fill", source: "outlines", filter: ["==", ["get", "level"], "town"], paint: { "fill-color": "#f6f7f9" } },
    { id: "town-lines", type: "line", source: "outlines", paint: { "line-color": "#c3ccd8", "line-width": ["match", ["get", "level"], "town", 1, 2] } },
  );
  const colours = { zones: "#7a68b3", parcels: "#b07b4f", buildings: "#566173" };
  for (const layer of extra) {
    style.sources[layer.id] = { type: "vector", tiles: tiles(layer), minzoom: layer.minzoom, maxzoom: layer.maxzoom };
    style.layers.push({ id: layer.id, type: "line", source: layer.id, "source-layer": layer.id, layout: { visibility: layer.visible ? "visible" : "none" }, paint: { "line-color": colours[layer.id] || "#566173", "line-width": 1.4, "line-dasharray": layer.id === "zones" ? [4, 2] : [1] } });
  }
  if (plots) {
    style.sources.plots = { type: "vector", tiles: tiles(plots), minzoom: 0, maxzoom: 16, promoteId: { plots: "ulid" } };
    style.layers.push(
      { id: "plots-grid", type: "fill", source: "plots", "source-layer": "plots_grid", paint: { "fill-color": ["step", ["get", "plots"], "#cfdff2", 5, "#9fc0e6", 20, "#5f93d0", 80, "#2a62a8"], "fill-opacity": 0.85 } },
      { id: "plots", type: "fill", source: "plots", "source-layer": "plots", paint: { "fill-color": colour(), "fill-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 1, 0.82] } },
      { id: "plots-line", type: "line", source: "plots", "source-layer": "plots", paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 11, 0.2, 15, 1] } },
      { id: "plots-picked", type: "line", source: "plots", "source-layer": "plots", filter: ["in", ["get", "ulid"], ["literal", config.picked.concat(config.plot || [])]], paint: { "line-color": "#0b2f66", "line-width": 2.5 } },
      { id: "plots-label", type: "symbol", source: "plots", "source-layer": "plots_label", minzoom: 15, layout: { "text-field": ["coalesce", ["get", "name"], ["get", "code"]], "text-size": 11, "text-font": font, "text-max-width": 9 }, paint: { "text-color": "#1f2937", "text-halo-color": "#ffffff", "text-halo-width": 1.2 } },
    );
  }
  style.layers.push({ id: "town-names", type: "symbol", source: "names", maxzoom: 14, filter: ["==", ["get", "level"], "town"], layout: { "text-field": ["get", "name"], "text-size": 12, "text-font": font }, paint: { "text-color": "#4b5563", "text-halo-color": "#ffffff", "text-halo-width": 1.4 } });

  const map = new maplibregl.Map({
    container: "map", style, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxZoom: 20, fadeDuration: 0,
    bounds: config.box || [120.5, 29.7, 121.1, 30.2], fitBoundsOptions: { padding: 48, maxZoom: 17 },
  });
  map.touchZoomRotate.disableRotation();
  window.tenglongMap = map;
  map.on("load", () => { document.body.dataset.mapReady = "1"; });
  map.on("error", (event) => say(`${words.trouble} ${event.error?.status || ""}`, 6));
  const drawScale = () => {
    const { metres, pixels } = niceScale(metresPerPixel(map));
    const scale = $("#map-scale");
    scale.textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
    scale.style.width = `${pixels}px`;
  };
  map.on("move", drawScale);
  drawScale();

  select.addEventListener("change", () => {
    by = select.value;
    localStorage.setItem("map-by", by);
    if (map.getLayer("plots")) map.setPaintProperty("plots", "fill-color", colour());
    drawLegend();
  });

  // hover and click
  const tip = $("#map-tip");
  let hovered = null;
  map.on("mousemove", "plots", (event) => {
    if (tool) return;
    const feature = event.features[0];
    if (hovered !== feature.id) {
      if (hovered) map.setFeatureState({ source: "plots", sourceLayer: "plots", id: hovered }, { hover: false });
      hovered = feature.id;
      if (hovered) map.setFeatureState({ source: "plots", sourceLayer: "plots", id: hovered }, { hover: true });
    }
    const { name, code, mu_e4: size } = feature.properties;
    tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: name || code }), document.createElement("br"), `${code} · ${size === undefined ? "—" : number.format(size / 1e4)} ${words.mu}`);
    tip.hidden = false;
    tip.style.left = `${Math.min(event.point.x + 14, map.getCanvas().clientWidth - 230)}px`;
    tip.style.top = `${event.point.y + 14}px`;
    map.getCanvas().style.cursor = "pointer";
  });
  map.on("mouseleave", "plots", () => {
    tip.hidden = true;
    map.getCanvas().style.cursor = tool ? "crosshair" : "";
    if (hovered) map.setFeatureState({ source: "plots", sourceLayer: "plots", id: hovered }, { hover: false });
    hovered = null;
  });
  map.on("click", "plots", (event) => { if (!tool) open(event.features[0].properties.ulid); });
  map.on("click", "plots-grid", (event) => { if (!tool) map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 }); });

  async function open(ulid) {
    const answer = await fetch(config.urls.side.replace("ULID", ulid), { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return say(words.refused, 5);
    const side = $("#map-side");
    side.innerHTML = await answer.text();
    side.hidden = false;
    document.body.classList.add("with-side");
    mark([ulid]);
    side.querySelector("[data-close]").addEventListener("click", close);
    return undefined;
  }
  function close() {
    $("#map-side").hidden = true;
    document.body.classList.remove("with-side");
    mark([]);
  }
  const mark = (ulids) => map.getLayer("plots-picked") && map.setFilter("plots-picked", ["in", ["get", "ulid"], ["literal", ulids]]);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { tool ? choose("") : close(); } });

  // search
  const search = $("#map-search");
  let hits = [];
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      hits = search.value.trim() ? await (await fetch(`${config.urls.suggest}?q=${encodeURIComponent(search.value.trim())}`)).json() : [];
      $("#map-hits").replaceChildren(...hits.map((hit) => Object.assign(document.createElement("option"), { value: hit.code, label: `${hit.title} ${hit.place || ""}` })));
    }, 250);
  });
  const find = async () => {
    const text = search.value.trim();
    if (!text) return;
    hits = await (await fetch(`${config.urls.suggest}?q=${encodeURIComponent(text)}`)).json();
    const hit = hits.find((item) => item.code === text) || hits.find((item) => item.kind === "plot") || hits[0];
    if (!hit) return say(words.nothing, 4);
    if (hit.kind !== "plot") return location.assign(`/c/${encodeURIComponent(hit.code)}`);
    await fly(hit.ulid);
    return open(hit.ulid);
  };
  search.addEventListener("change", find);
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") find(); });
  $("#map-find").addEventListener("click", find);
  async function fly(ulid) {
    const answer = await fetch(`/map/plots/${ulid}.json`);
    const shape = answer.ok ? (await answer.json()).geometry : null;
    if (!shape) return say(words.shapeless, 5);
    const points = shape.coordinates.flat(shape.type === "Polygon" ? 1 : 2);
    const box = points.reduce(([w, s, e, n], [x, y]) => [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)], [180, 90, -180, -90]);
    map.fitBounds(box, { padding: 120, maxZoom: 17, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400 });
    return undefined;
  }
  if (config.plot) open(config.plot);

  // layers
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.addEventListener("change", () => map.setLayoutProperty(box.dataset.layer, "visibility", box.checked ? "visible" : "none"));
  }

  // tools
  let tool = "";
  const measure = new Measure(map, (text) => say(text), words);
  const choose = (name) => {
    tool = tool === name ? "" : name;
    for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    measure.use(tool === "distance" || tool === "area" ? tool : "");
    map.dragPan[tool === "box" ? "disable" : "enable"]();
    map.getCanvas().style.cursor = tool ? "crosshair" : "";
    tip.hidden = true;
    say(tool ? words[tool] : "");
  };
  for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", () => choose(button.dataset.tool));
  boxSelect(map, () => tool === "box", async (box) => {
    const found = await (await fetch(`${config.urls.pick}?box=${box.map((value) => value.toFixed(7)).join(",")}`)).json();
    choose("box");
    mark(found.ulids);
    say(`${words.picked} ${number.format(found.count)} ${words.plots} · ${mu(found.cm2)} ${words.mu} `);
    if (!found.count) return;
    const list = Object.assign(document.createElement("a"), { className: "btn sm", textContent: words.list, href: `${config.urls.list}?box=${box.map((value) => value.toFixed(7)).join(",")}` });
    $("#map-status").append(list);
    if (found.count > 1 && found.count <= 20) {
      const query = found.ulids.map((ulid) => `pick=${ulid}`).join("&");
      $("#map-status").append(" ", Object.assign(document.createElement("a"), { className: "btn sm", textContent: words.merge, href: `${config.urls.merge}?${query}` }));
    }
  });
  $("#map-png").addEventListener("click", () => toPng(map, {
    title: `${words.title} · ${select.selectedOptions[0].textContent}`, classes: config.fields[by], scale: niceScale(metresPerPixel(map)), words, today: config.today, number, mu,
  }));

  // freshness: my own save at once, other people's within ten seconds
  async function refresh() {
    if (document.hidden) return;
    const answer = await fetch(config.urls.revision).catch(() => null);
    if (!answer?.ok) return;
    const now = (await answer.json()).revision;
    if (now === revision) return;
    revision = now;
    for (const layer of config.layers) map.getSource(layer.id)?.setTiles(tiles(layer));
    const counts = await fetch(`${config.urls.counts}?by=${by}`);
    if (counts.ok) { config.fields[by] = (await counts.json()).classes; map.setPaintProperty("plots", "fill-color", colour()); drawLegend(); }
    document.body.dataset.revision = String(revision);
  }
  setInterval(refresh, 10000);
  document.addEventListener("visibilitychange", refresh);
  new BroadcastChannel("tenglong-plots").addEventListener("message", refresh);
}

function boxSelect(map, active, done) {
  const host = map.getCanvasContainer();
  let from = null;
  let frame = null;
  const at = (event) => { const rect = host.getBoundingClientRect(); return [event.clientX - rect.left, event.clientY - rect.top]; };
  host.addEventListener("pointerdown", (event) => {
    if (!active()) return;
    from = at(event);
    frame = Object.assign(document.createElement("div"), { className: "select-box" });
    host.append(frame);
    host.setPointerCapture?.(event.pointerId);
  });
  host.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    Object.assign(frame.style, { left: `${Math.min(from[0], to[0])}px`, top: `${Math.min(from[1], to[1])}px`, width: `${Math.abs(to[0] - from[0])}px`, height: `${Math.abs(to[1] - from[1])}px` });
  });
  host.addEventListener("pointerup", (event) => {
    if (!from) return;
    const to = at(event);
    const [a, b] = [map.unproject(from), map.unproject(to)];
    frame.remove();
    const size = Math.abs(to[0] - from[0]) + Math.abs(to[1] - from[1]);
    from = null;
    if (size > 6) done([Math.min(a.lng, b.lng), Math.min(a.lat, b.lat), Math.max(a.lng, b.lng), Math.max(a.lat, b.lat)]);
  });
}
