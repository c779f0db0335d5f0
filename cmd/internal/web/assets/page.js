// The page works without this. It adds: pages that say when something new was published, dropping files, and sheets that
// come into sight at the cell they are about.
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
  var again = Number(document.body.dataset.again);
  if (again && window.fetch) { // what is being waited for is looked for behind the page, so that nobody is read it anew; without this the page loads itself again
    var look = function () {
      fetch(location.href, { credentials: "same-origin", redirect: "manual" }).then(function (r) {
        return r.ok ? r.text() : "";
      }).then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html");
        if (!fresh.body.hasAttribute("data-again")) {
          location.reload();
          return;
        }
        var parts = document.querySelectorAll("[data-part]");
        if (!parts.length && fresh.querySelector("main").textContent !== document.querySelector("main").textContent) {
          location.reload();
          return;
        }
        parts.forEach(function (old) {
          var part = fresh.getElementById(old.id);
          if (part && part.innerHTML !== old.innerHTML) old.innerHTML = part.innerHTML; // the server has escaped it
        });
        setTimeout(look, again * 1000);
      }).catch(function () { setTimeout(look, again * 1000); }); // the server is away: it is asked on
    };
    setTimeout(look, again * 1000);
  }
  document.querySelectorAll(".scroll").forEach(function (box) { // what is marked in a sheet comes into sight
    var aim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var cell = aim && box.contains(aim) ? aim.closest("td") : box.querySelector("tr.here td.mark") || box.querySelector(".sheet td.error") || box.querySelector(".sheet td.mark,.sheet td.warning,.sheet td.info");
    if (!cell) return;
    var at = cell.getBoundingClientRect(), room = box.getBoundingClientRect();
    if (at.left < room.left || at.right > room.right) box.scrollLeft += (at.left + at.right - room.left - room.right) / 2;
  });
  function walk(entry, found, left) { // the tables in what was dropped, folders opened; what programs keep beside them is none
    return new Promise(function (done) {
      if (entry.isFile) {
        if (/^[.~]|^(thumbs\.db|desktop\.ini)$/i.test(entry.name) || !/\.(xlsx|xlsm|xls|et|csv|ods|html?|xml)$/i.test(entry.name)) {
          left.push(entry.name);
          return done();
        }
        return entry.file(function (f) { found.push(f); done(); }, function () { left.push(entry.name); done(); });
      }
      var reader = entry.createReader(), within = [];
      var more = function () {
        reader.readEntries(function (list) {
          if (!list.length) return Promise.all(within).then(done);
          list.forEach(function (x) { within.push(walk(x, found, left)); });
          more();
        }, function () { left.push(entry.name); done(); });
      };
      more();
    });
  }
  document.querySelectorAll("[data-drop]").forEach(function (form) {
    var input = form.querySelector("input[type=file]");
    ["dragover", "dragenter"].forEach(function (kind) {
      form.addEventListener(kind, function (e) { e.preventDefault(); form.classList.add("over"); });
    });
    form.addEventListener("dragleave", function () { form.classList.remove("over"); });
    var says = form.querySelector(".dropped");
    form.addEventListener("drop", function (e) {
      e.preventDefault();
      form.classList.remove("over");
      if (!e.dataTransfer || !e.dataTransfer.files.length) return;
      touched = true;
      says.hidden = true;
      var entries = Array.prototype.map.call(e.dataTransfer.items || [], function (i) { return i.webkitGetAsEntry && i.webkitGetAsEntry(); }).filter(Boolean);
      if (!entries.some(function (x) { return x.isDirectory; })) {
        input.files = e.dataTransfer.files;
        return;
      }
      var found = [], left = [];
      Promise.all(entries.map(function (x) { return walk(x, found, left); })).then(function () {
        var chosen = new DataTransfer();
        found.forEach(function (f) { chosen.items.add(f); });
        input.files = chosen.files;
        says.textContent = "文件夹里有" + found.length + "个文件，已选上。" + (left.length ? "另有" + left.length + "个不是表格，没有选：" + left.slice(0, 5).join("、") + (left.length > 5 ? "等" : "") + "。" : "");
        says.hidden = false;
      });
    });
  });
})();
