// The page works without this. It adds: pages that say when something new was published, and dropping files.
"use strict";
(function () {
  var news = document.querySelector(".news");
  var touched = false;
  document.addEventListener("input", function () { touched = true; });
  if (document.body.hasAttribute("data-live") && window.EventSource) {
    var source = new EventSource("/events");
    source.addEventListener("published", function () {
      if (!touched && !document.querySelector("details[open] form")) {
        location.reload();
        return;
      }
      news.textContent = "";
      var link = document.createElement("a");
      link.href = location.href;
      link.textContent = "有新数据，点这里刷新";
      news.appendChild(link);
      news.hidden = false;
    });
    window.addEventListener("pagehide", function () { source.close(); });
  }
  document.querySelectorAll(".scroll").forEach(function (box) { // what is marked in a sheet comes into sight
    var cell = box.querySelector("tr.here td.mark, td.mark, td.error, td.warning");
    if (!cell) return;
    var head = cell.parentNode.cells[0].offsetWidth;
    if (cell.offsetLeft + cell.offsetWidth > box.scrollLeft + box.clientWidth) {
      box.scrollLeft = Math.min(cell.offsetLeft - head, cell.offsetLeft + cell.offsetWidth - box.clientWidth + (box.clientWidth - cell.offsetWidth) / 2);
    }
  });
  document.querySelectorAll("[data-drop]").forEach(function (form) {
    var input = form.querySelector("input[type=file]");
    ["dragover", "dragenter"].forEach(function (kind) {
      form.addEventListener(kind, function (e) { e.preventDefault(); form.classList.add("over"); });
    });
    form.addEventListener("dragleave", function () { form.classList.remove("over"); });
    form.addEventListener("drop", function (e) {
      e.preventDefault();
      form.classList.remove("over");
      if (e.dataTransfer && e.dataTransfer.files.length) {
        input.files = e.dataTransfer.files;
        touched = true;
      }
    });
  });
})();
