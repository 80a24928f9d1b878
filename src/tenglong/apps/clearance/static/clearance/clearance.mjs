// The S-curve: actual lines are solid, the plan is dashed; the table below it stands without script.
const FONT = '"Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
const COLOURS = ["#2f7fd6", "#d69a00", "#1f9d61"];
const source = document.getElementById("clearance-script").dataset.echarts;

for (const box of document.querySelectorAll("[data-chart]")) {
  const found = JSON.parse(box.dataset.chart);
  if (found.days.length > 1) {
    const echarts = await import(source);
    box.hidden = false;
    const drawn = echarts.init(box, null, { renderer: "canvas" });
    const percent = (value) => (value === null || value === undefined ? "" : `${value.toLocaleString()}%`);
    let stage = -1;
    const series = found.series.map((one) => {
      stage += one.plan ? 0 : 1;
      const color = COLOURS[stage % COLOURS.length];
      return { type: "line", name: one.name, data: one.data.map((value, at) => [found.days[at], value]), showSymbol: false, connectNulls: false,
        lineStyle: { color, width: one.plan ? 1.5 : 2.5, type: one.plan ? "dashed" : "solid" }, itemStyle: { color } };
    });
    drawn.setOption({
      animation: false, textStyle: { fontFamily: FONT, fontSize: 12 }, grid: { left: 48, right: 16, top: 56, bottom: 28 },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: percent }, legend: { top: 4 },
      xAxis: { type: "time", axisLabel: { formatter: "{yyyy}-{MM}", hideOverlap: true } }, yAxis: { type: "value", max: 100, axisLabel: { formatter: "{value}%" } },
      series,
    });
    new ResizeObserver(() => drawn.resize()).observe(box);
  }
}
