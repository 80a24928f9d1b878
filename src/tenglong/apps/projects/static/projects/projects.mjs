// Months as bars with running sums as lines, and what is expected as a band; the tables stand without script.
const FONT = '"Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const source = document.getElementById("projects-script").dataset.echarts;
const number = (value) => (value === null || value === undefined ? "" : value.toLocaleString());
const frame = (months, unit) => ({
  animation: false, textStyle: { fontFamily: FONT, fontSize: 12 }, grid: { left: 64, right: 20, top: 44, bottom: 28 }, legend: { top: 2 },
  tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: number },
  xAxis: { type: "category", data: months }, yAxis: { type: "value", name: unit, axisLabel: { formatter: number } },
});

function months(box, found) {
  const one = (name, data, more) => ({ name, data, ...more });
  const left = frame(found.months, box.dataset.unit);
  const sums = { type: "line", yAxisIndex: 1 };
  return { ...left, grid: { ...left.grid, right: 76 }, yAxis: [left.yAxis, { ...left.yAxis, name: box.dataset.sums, splitLine: { show: false } }], series: [
    one(box.dataset.planned, found.planned, { type: "bar", barMaxWidth: 20, itemStyle: { color: "#a9b8cb" } }),
    one(box.dataset.actual, found.actual, { type: "bar", barMaxWidth: 20, itemStyle: { color: "#2468b4" } }),
    one(box.dataset.plannedSum, found.planned_sum, { ...sums, symbolSize: 5, lineStyle: { type: "dashed", color: "#6b7280" }, itemStyle: { color: "#6b7280" } }),
    one(box.dataset.actualSum, found.actual_sum, { ...sums, symbolSize: 6, lineStyle: { color: "#1f9d61" }, itemStyle: { color: "#1f9d61" } }),
  ] };
}

function band(box, found) {
  const line = { type: "line", symbol: "none" };
  const spread = found.high.map((value, at) => Number((value - found.low[at]).toFixed(3)));
  const told = (rows) => `${found.months[rows[0].dataIndex]}\n${box.dataset.low} ${number(found.low[rows[0].dataIndex])}\n${box.dataset.mid} ${number(found.mid[rows[0].dataIndex])}\n${box.dataset.high} ${number(found.high[rows[0].dataIndex])}`;
  return { ...frame(found.months, box.dataset.unit), tooltip: { trigger: "axis", renderMode: "richText", formatter: told }, legend: { top: 2, data: [box.dataset.mid, box.dataset.band] }, series: [
    { ...line, data: found.low, stack: "band", lineStyle: { opacity: 0 }, silent: true },
    { ...line, name: box.dataset.band, data: spread, stack: "band", lineStyle: { opacity: 0 }, itemStyle: { color: "#bcd3ef" }, areaStyle: { color: "#bcd3ef" }, silent: true },
    { ...line, name: box.dataset.mid, data: found.mid, lineStyle: { color: "#2468b4", type: "dashed" }, itemStyle: { color: "#2468b4" } },
  ] };
}

const drawings = { months, band };
for (const box of document.querySelectorAll("[data-pj-chart]")) {
  const found = JSON.parse(box.dataset.pjChart);
  if (found.months.length > 0) {
    const echarts = await import(source);
    box.hidden = false;
    const drawn = echarts.init(box, null, { renderer: "canvas" });
    drawn.setOption(drawings[box.dataset.kind](box, found));
    new ResizeObserver(() => drawn.resize()).observe(box);
  }
}
