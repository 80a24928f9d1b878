// Budget × uplift as a line; the table below it stands without script.
const FONT = '"Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const source = document.getElementById("plan-script").dataset.echarts;

for (const box of document.querySelectorAll("[data-frontier]")) {
  const points = JSON.parse(box.dataset.frontier);
  if (points.length > 1) {
    const echarts = await import(source);
    box.hidden = false;
    const drawn = echarts.init(box, null, { renderer: "canvas" });
    const axis = (name) => ({ type: "value", name, nameLocation: "middle", nameGap: 32, scale: true, axisLabel: { formatter: (value) => value.toLocaleString() } });
    drawn.setOption({
      animation: false, textStyle: { fontFamily: FONT, fontSize: 12 }, grid: { left: 72, right: 24, top: 16, bottom: 48 },
      tooltip: { trigger: "axis", renderMode: "richText" }, xAxis: axis(box.dataset.x), yAxis: { ...axis(box.dataset.y), nameGap: 56 },
      series: [{ type: "line", data: points, symbolSize: 8, itemStyle: { color: "#2468b4" }, lineStyle: { color: "#2468b4" } }],
    });
    new ResizeObserver(() => drawn.resize()).observe(box);
  }
}
