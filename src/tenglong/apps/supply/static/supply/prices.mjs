// One point a deal and one box a group, on a log scale; the table below stands without script.
const FONT = '"Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const source = document.getElementById("prices-script").dataset.echarts;
const box = document.querySelector("[data-prices]");

/** Points of one group beside each other, so that equal prices do not hide one another. */
const spread = (deals) => {
  const seen = new Map();
  return deals.map(([group, price, ulid, far, holder]) => {
    const key = `${group}|${price.toPrecision(2)}`;
    const at = seen.get(key) ?? 0;
    seen.set(key, at + 1);
    const aside = (at % 2 ? -1 : 1) * Math.ceil(at / 2) * 0.07;
    return { value: [price, group + Math.max(-0.4, Math.min(0.4, aside))], ulid, far, holder };
  });
};

/** The next 1, 2, 3 … times a power of ten. */
const nice = (value, towards) => {
  const unit = 10 ** Math.floor(Math.log10(value));
  return towards(value / unit) * unit;
};

if (box) {
  const told = await (await fetch(box.dataset.prices, { credentials: "same-origin" })).json();
  const drawn = told.points;
  if (drawn && drawn.names.length > 0) {
    const echarts = await import(source);
    box.hidden = false;
    const note = box.parentElement.querySelector("[data-note]");
    note.textContent = drawn.left_off ? box.dataset.left.replace("{n}", drawn.left_off) : "";
    const names = drawn.names;
    const short = (at) => (Number.isInteger(at) && names[at] ? names[at].slice(0, box.clientWidth < 520 ? 11 : 16) : "");
    const points = spread(drawn.deals);
    const number = (value) => value.toLocaleString();
    const prices = drawn.deals.map((one) => one[1]);
    const floor = nice(Math.min(...prices), Math.floor), ceiling = nice(Math.max(...prices), Math.ceil);
    box.style.height = `${Math.max(260, 60 + names.length * 34)}px`;
    const chart = echarts.init(box, null, { renderer: "canvas" });
    const boxed = (params, api) => {
      const [at, low, q1, mid, q3, high] = [0, 1, 2, 3, 4, 5].map((index) => api.value(index));
      const spot = (value, up) => api.coord([value, at + up]);
      const line = (from, to, width) => ({ type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: "#1d3f6e", lineWidth: width } });
      const [left, top] = spot(q1, 0.28), [right, bottom] = spot(q3, -0.28);
      return { type: "group", children: [
        line(spot(low, 0), spot(high, 0), 1),
        { type: "rect", shape: { x: left, y: Math.min(top, bottom), width: Math.max(1, right - left), height: Math.abs(bottom - top) }, style: { fill: "rgba(36,104,180,0.14)", stroke: "#2468b4" } },
        line(spot(mid, 0.28), spot(mid, -0.28), 2.5),
      ] };
    };
    chart.setOption({
      animation: false, textStyle: { fontFamily: FONT, fontSize: 12 }, grid: { left: box.clientWidth < 520 ? 116 : 140, right: 24, top: 36, bottom: 44 },
      legend: { top: 4, data: [box.dataset.plain, box.dataset.far, box.dataset.box] },
      tooltip: { trigger: "item", renderMode: "richText", formatter: (item) => (item.data.holder ? `${item.data.holder}\n${number(item.data.value[0])} ${box.dataset.unit}` : names[item.data[0]]) },
      xAxis: { type: "log", name: box.dataset.unit, nameLocation: "middle", nameGap: 28, min: floor, max: ceiling, axisLine: { onZero: false }, axisLabel: { formatter: number } },
      yAxis: { type: "value", min: -0.6, max: names.length - 0.4, interval: 1, inverse: true, splitLine: { show: false }, axisTick: { show: false }, axisLabel: { formatter: (at) => short(Math.round(at * 10) / 10) , customValues: names.map((_name, at) => at) } },
      series: [
        { type: "custom", name: box.dataset.box, renderItem: boxed, data: drawn.boxes.map((one, at) => [at, ...one]), encode: { x: [1, 2, 3, 4, 5], y: 0 }, itemStyle: { color: "#2468b4" }, z: 3 },
        { type: "scatter", name: box.dataset.plain, data: points.filter((one) => !one.far), symbolSize: 6, itemStyle: { color: "#5b7fa8", opacity: 0.65 } },
        { type: "scatter", name: box.dataset.far, data: points.filter((one) => one.far), symbol: "diamond", symbolSize: 10, itemStyle: { color: "#b3261e" }, z: 4 },
      ],
    });
    chart.on("click", (item) => { if (item.data.ulid) window.location.assign(box.dataset.deal.replace("ULID", item.data.ulid)); });
    new ResizeObserver(() => chart.resize()).observe(box);
  }
}
