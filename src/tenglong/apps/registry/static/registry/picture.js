// The map as a PNG with title, legend, date, source, scale and north.
export function toPng(map, { title, classes, scale, words, today, number, mu }) {
  map.once("render", () => {
    const source = map.getCanvas();
    const ratio = source.width / source.clientWidth;
    const sheet = document.createElement("canvas");
    const [head, side, foot] = [56, 260, 36];
    sheet.width = source.width + side * ratio;
    sheet.height = source.height + (head + foot) * ratio;
    const pen = sheet.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.drawImage(source, 0, head * ratio);
    pen.scale(ratio, ratio);
    const family = '"Noto Sans SC Variable", "Noto Sans CJK SC", sans-serif';
    const [width, height] = [source.clientWidth, source.clientHeight];
    const write = (text, x, y, size = 13, weight = 400, colour = "#1f2937") => {
      pen.font = `${weight} ${size}px ${family}`;
      pen.fillStyle = colour;
      pen.fillText(text, x, y);
    };
    write(title, 16, 36, 20, 600);
    write(words.legend, width + 16, head + 24, 14, 600);
    classes.forEach((item, index) => {
      const y = head + 48 + index * 22;
      pen.fillStyle = item.colour;
      pen.fillRect(width + 16, y - 11, 16, 13);
      write(item.label, width + 40, y);
      write(`${number.format(item.count)} · ${mu(item.cm2)} ${words.mu}`, width + 124, y, 12, 400, "#4b5563");
    });
    pen.strokeStyle = "#1f2937";
    pen.strokeRect(0.5, head + 0.5, width - 1, height - 1);
    const right = width - 24 - scale.pixels;
    pen.beginPath();
    pen.moveTo(right, head + height - 22); pen.lineTo(right, head + height - 16); pen.lineTo(right + scale.pixels, head + height - 16); pen.lineTo(right + scale.pixels, head + height - 22);
    pen.stroke();
    write(scale.metres >= 1000 ? `${scale.metres / 1000} km` : `${scale.metres} m`, right, head + height - 26, 12);
    pen.beginPath();
    pen.moveTo(width - 30, head + 44); pen.lineTo(width - 22, head + 16); pen.lineTo(width - 14, head + 44); pen.lineTo(width - 22, head + 38); pen.closePath();
    pen.fillStyle = "#1f2937";
    pen.fill();
    write("N", width - 27, head + 60, 13, 600);
    write(`${words.date} ${today} · ${words.source} · ${words.caveat}`, 16, head + height + 24, 12, 400, "#4b5563");
    sheet.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${title}_${today}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      document.body.dataset.picture = String(blob.size);
    }, "image/png");
  });
  map.triggerRepaint();
}
