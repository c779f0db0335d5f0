// A result of a query scrolls through all its rows: pages of it are fetched as they come into sight, and let go of when
// they are far away, so that the browser never holds more than a few of them. Without this there are pages.
"use strict";
(function () {
  var hint = document.querySelector(".editor-only");
  if (hint && document.querySelector(".cm-editor")) hint.hidden = false;
  document.addEventListener("DOMContentLoaded", function () { if (hint && document.querySelector(".cm-editor")) hint.hidden = false; });

  var buttons = document.querySelectorAll("form[action='/query'] button"); // what was asked is asked once; how far it is says a page of its own
  function ready(is, says) {
    buttons.forEach(function (b) {
      b.disabled = !is;
      b.textContent = is ? "查询" : says;
    });
  }
  document.querySelectorAll("form[action='/query']").forEach(function (form) {
    form.addEventListener("submit", function () { setTimeout(function () { ready(false, "正在查询…"); }, 0); });
  });
  window.addEventListener("pageshow", function (e) { if (e.persisted) ready(true); });

  var box = document.querySelector(".result[data-rows]");
  if (!box) return;
  var all = Number(box.dataset.rows), size = Number(box.dataset.size), first = Number(box.dataset.page) - 1;
  if (all <= size || !window.fetch) return;
  var table = box.querySelector("table"), start = table.tBodies[0];
  var columns = table.tHead.rows[0].cells.length, pages = Math.ceil(all / size);
  var wide = 4.5;
  table.querySelectorAll("col[data-width]").forEach(function (col) {
    var w = Number(col.dataset.width) / 2 + 1.6;
    wide += w;
    col.style.width = w + "em";
  });
  table.querySelector("col.n").style.width = "4.5em";
  table.style.width = wide + "em";
  table.classList.add("fixed");
  var height = start.offsetHeight / start.rows.length; // all rows are one line high
  var blocks = [];

  function rowsOf(i) { return i < pages - 1 ? size : all - size * (pages - 1); }
  function room(i) { // what stands in for rows that aren't here
    var tr = document.createElement("tr"), td = document.createElement("td");
    tr.className = "room";
    tr.setAttribute("aria-rowindex", i * size + 2);
    td.colSpan = columns;
    td.style.height = rowsOf(i) * height + "px";
    tr.appendChild(td);
    return tr;
  }
  for (var i = 0; i < pages; i++) {
    var body = i === first ? start : document.createElement("tbody");
    if (i !== first) body.appendChild(room(i));
    blocks.push({ body: body, here: i === first, asked: false });
    table.appendChild(body);
  }
  document.querySelectorAll(".pages").forEach(function (nav) { nav.hidden = true; });
  if (first > 0) box.scrollTop = first * size * height;

  var near = 1, failed = false;
  function sight() {
    var top = box.scrollTop - start.parentNode.tHead.offsetHeight;
    return [Math.max(0, Math.floor(top / (height * size))), Math.min(pages - 1, Math.floor((top + box.clientHeight) / (height * size)))];
  }
  function holds(body) {
    var s = window.getSelection();
    return body.contains(document.activeElement) || s && !s.isCollapsed && s.containsNode(body, true);
  }
  function show() {
    var s = sight();
    for (var i = s[0]; i <= s[1]; i++) ask(i);
    if (s[1] + 1 < pages) ask(s[1] + 1);
    if (s[0] > 0) ask(s[0] - 1);
    blocks.forEach(function (b, i) {
      if (b.here && (i < s[0] - near || i > s[1] + near) && !holds(b.body)) {
        b.body.replaceChildren(room(i));
        b.here = false;
      }
    });
  }
  function ask(i) {
    var b = blocks[i];
    if (b.here || b.asked || failed) return;
    b.asked = true;
    fetch(box.dataset.address + (i + 1), { credentials: "same-origin" }).then(function (r) {
      if (!r.ok || r.redirected) throw new Error(r.status);
      return r.text();
    }).then(function (text) {
      b.asked = false;
      var s = sight();
      if (i < s[0] - near || i > s[1] + near) return; // one has scrolled on
      b.body.innerHTML = text; // rows that the server has escaped
      b.here = true;
    }).catch(function () {
      failed = true;
      var p = document.createElement("p");
      p.className = "warn";
      p.setAttribute("role", "alert");
      p.textContent = "后面的行取不到了：结果只保留一小时，或登录已过期。请重新查询。";
      box.parentNode.insertBefore(p, box);
    });
  }
  var waiting = 0;
  box.addEventListener("scroll", function () {
    if (waiting) return;
    waiting = setTimeout(function () { waiting = 0; show(); }, 60); // a drag past many pages asks for few of them
  }, { passive: true });
  window.addEventListener("resize", show);
  show();
})();
