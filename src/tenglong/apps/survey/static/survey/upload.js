// Drop a file anywhere on the field; its name and size are shown before it is sent.
const drop = document.getElementById("drop");
const input = drop?.querySelector("input[type=file]");
const name = drop?.querySelector("[data-name]");

function show() {
  const file = input.files[0];
  if (file) name.textContent = `${file.name} · ${(file.size / 1024).toFixed(0)} KB`;
}

if (drop && input) {
  input.addEventListener("change", show);
  for (const type of ["dragenter", "dragover"]) {
    drop.addEventListener(type, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const type of ["dragleave", "drop"]) {
    drop.addEventListener(type, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  }
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
}
