// Mu by year beside the target of the year; the table beside it stands without script.
const FONT = '"Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const source = document.getElementById("treated-script").dataset.echarts;

for (const box of document.querySelectorAll("[data-chart]")) {
  const found = JSON.parse(box.dataset.chart);
  if (found.years.length > 0) {
    const echarts = await import(source);
    box.hidden = false;
    box.nextElementSibling.hidden = true;
    const drawn = echarts.init(box, null, { renderer: "canvas" });
    const number = (value) => (value === null || value === undefined ? "" : value.toLocaleString());
    drawn.setOption({
      animation: false, textStyle: { fontFamily: FONT, fontSize: 12 }, grid: { left: 56, right: 16, top: 40, bottom: 28 },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: number }, legend: { top: 4 },
      xAxis: { type: "category", data: found.years.map(String) }, yAxis: { type: "value", axisLabel: { formatter: number } },
      series: [
        { type: "bar", name: box.dataset.value, data: found.values, barMaxWidth: 48, itemStyle: { color: "#2468b4" } },
        { type: "line", name: box.dataset.target, data: found.targets, step: "middle", symbolSize: 7, lineStyle: { color: "#b3261e", type: "dashed" }, itemStyle: { color: "#b3261e" } },
      ],
    });
    new ResizeObserver(() => drawn.resize()).observe(box);
  }
}
