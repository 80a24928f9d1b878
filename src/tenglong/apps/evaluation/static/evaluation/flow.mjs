// Sankey of grades: one theme, colours of the grades, numbers with their whole.
export const GRADES = { A: "#177a4b", B: "#2468b4", C: "#b98500", D: "#d1434b", T: "#8a94a3", "—": "#8a94a3" };
const FONT = '"Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

export async function chart(box, source) {
  box.dataset.drawn = "1";
  const data = JSON.parse(box.dataset.sankey);
  if (!data.links.length) return;
  const echarts = await import(source);
  box.hidden = false;
  const drawn = echarts.init(box, null, { renderer: "canvas" });
  const colour = (grade) => GRADES[grade] || GRADES.T;
  drawn.setOption({
    animation: false, textStyle: { fontFamily: FONT, fontSize: 12 }, tooltip: { trigger: "item", renderMode: "richText" },
    series: [{
      type: "sankey", left: 8, right: 96, top: 8, bottom: 8, nodeGap: 14, draggable: false, layoutIterations: 0,
      data: data.nodes.map((node) => ({ name: node.id, value: node.n, depth: node.side, itemStyle: { color: colour(node.grade) }, label: { formatter: `${node.grade}  ${node.n.toLocaleString()}` } })),
      links: data.links.map((link) => ({ ...link, lineStyle: { color: colour(link.source.split(":")[1]), opacity: link.source.slice(1) === link.target.slice(1) ? 0.16 : 0.45 } })),
      label: { color: "#1f2937" }, emphasis: { focus: "adjacency" },
    }],
  });
  new ResizeObserver(() => drawn.resize()).observe(box);
}
