// Distances and areas on the ellipsoid CGCS2000, near the place where one measures (good to 1e-4 over some kilometres).
const A = 6378137;
const E2 = 0.00669438002290;

/** Metres per degree of longitude and latitude at a latitude. */
export function degree(latitude) {
  const sin = Math.sin(latitude * Math.PI / 180);
  const w = Math.sqrt(1 - E2 * sin * sin);
  const north = A * (1 - E2) / (w * w * w);
  return [A / w * Math.cos(latitude * Math.PI / 180) * Math.PI / 180, north * Math.PI / 180];
}

export function lengthOf(points) {
  let total = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    const [x, y] = degree((a[1] + b[1]) / 2);
    total += Math.hypot((b[0] - a[0]) * x, (b[1] - a[1]) * y);
  }
  return total;
}

/** Square metres of a simple ring. */
export function areaOf(points) {
  if (points.length < 3) return 0;
  const middle = points.reduce((sum, point) => sum + point[1], 0) / points.length;
  const [x, y] = degree(middle);
  let twice = 0;
  points.forEach((a, index) => {
    const b = points[(index + 1) % points.length];
    twice += (a[0] - points[0][0]) * x * ((b[1] - points[0][1]) * y) - (b[0] - points[0][0]) * x * ((a[1] - points[0][1]) * y);
  });
  return Math.abs(twice) / 2;
}

export const metresPerPixel = (map) => 40075016.686 * Math.cos(map.getCenter().lat * Math.PI / 180) / 512 / 2 ** map.getZoom();

/** A round length near 90 pixels. */
export function niceScale(perPixel) {
  const wanted = perPixel * 90;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const metres = [5, 2, 1].map((step) => step * power).find((step) => step <= wanted) || power;
  return { metres, pixels: Math.round(metres / perPixel) };
}

export class Measure {
  constructor(map, say, words) {
    Object.assign(this, { map, say, words, kind: "", points: [], done: false });
    map.on("load", () => this.prepare());
    map.on("click", (event) => this.click(event));
    map.on("mousemove", (event) => this.kind && !this.done && this.points.length && this.show([...this.points, event.lngLat.toArray()]));
    map.on("dblclick", (event) => { if (this.kind) { event.preventDefault(); this.done = true; this.show(this.points); } });
  }

  prepare() {
    if (this.map.getSource("measure")) return;
    this.map.addSource("measure", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    this.map.addLayer({ id: "measure-fill", type: "fill", source: "measure", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#b3261e", "fill-opacity": 0.15 } });
    this.map.addLayer({ id: "measure-line", type: "line", source: "measure", paint: { "line-color": "#b3261e", "line-width": 2 } });
  }

  use(kind) {
    Object.assign(this, { kind, points: [], done: false });
    this.map.doubleClickZoom[kind ? "disable" : "enable"]();
    this.show([]);
  }

  click(event) {
    if (!this.kind) return;
    if (this.done) Object.assign(this, { points: [], done: false });
    this.points.push(event.lngLat.toArray());
    this.show(this.points);
  }

  show(points) {
    const shape = this.kind === "area" && points.length > 2 ? { type: "Polygon", coordinates: [[...points, points[0]]] } : { type: "LineString", coordinates: points };
    const features = points.length > 1 ? [{ type: "Feature", properties: {}, geometry: shape }] : [];
    this.map.getSource("measure")?.setData({ type: "FeatureCollection", features });
    if (points.length > 1) this.say(this.kind === "area" ? this.areaText(areaOf(points)) : this.lengthText(lengthOf(points)));
  }

  lengthText(metres) { return metres >= 1000 ? `${(metres / 1000).toFixed(3)} km` : `${metres.toFixed(1)} m`; }

  areaText(squareMetres) { return `${(squareMetres * 3 / 2000).toFixed(2)} ${this.words.mu} · ${squareMetres.toFixed(0)} m²`; }
}
