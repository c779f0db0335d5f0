// The page works without this. It adds: pages that show by themselves what was published, dropping files, and sheets that
// come into sight at the cell they are about.
"use strict";
(function () {
  var told = document.getElementById("told"); // a region that is there from the start: what comes into it is read out
  var touched = false;
  document.addEventListener("input", function () { touched = true; });
  function tell(text, href) {
    var p = document.createElement("p"), a = href && document.createElement("a");
    p.className = href ? "news" : "off";
    if (a) a.href = href;
    (a || p).textContent = text;
    if (a) p.appendChild(a);
    told.replaceChildren(p);
  }
  // What became different comes into the page and nothing else does: what is open, marked, scrolled to or has the focus stays.
  function renew(old, fresh) {
    if (old === told || old.isEqualNode(fresh)) return;
    if (old.nodeName !== fresh.nodeName || old.nodeType !== 1) {
      old.replaceWith(document.importNode(fresh, true));
      return;
    }
    Array.prototype.slice.call(old.attributes).forEach(function (a) { if (!fresh.hasAttribute(a.name) && a.name !== "open") old.removeAttribute(a.name); });
    Array.prototype.forEach.call(fresh.attributes, function (a) { if (old.getAttribute(a.name) !== a.value && a.name !== "open") old.setAttribute(a.name, a.value); });
    var kept = {};
    Array.prototype.forEach.call(fresh.childNodes, function (f) { kept[keyOf(f)] = true; });
    Array.prototype.slice.call(old.childNodes).forEach(function (o) { if (!kept[keyOf(o)] && keyOf(o)) o.remove(); });
    var at = old.firstChild;
    Array.prototype.slice.call(fresh.childNodes).forEach(function (f) {
      var key = keyOf(f), o = at, between = false;
      while (o && (o.nodeName !== f.nodeName || keyOf(o) !== key) && (key || !keyOf(o))) { // what has no name of its own is none behind what has
        between = between || keyOf(o) !== "";
        o = o.nextSibling;
      }
      if (!o || o.nodeName !== f.nodeName || keyOf(o) !== key) {
        old.insertBefore(document.importNode(f, true), at);
        return;
      }
      if (between) old.insertBefore(o, at); // it has come forward
      else {
        while (at !== o) at = gone(at);
        at = o.nextSibling;
      }
      renew(o, f);
    });
    while (at) at = gone(at);
  }
  function gone(node) {
    var next = node.nextSibling;
    node.remove();
    return next;
  }
  function keyOf(node) { // sections are known by their heading, rows and entries by where they lead
    if (node.nodeType !== 1) return "";
    var a = /^(TR|LI|ARTICLE)$/.test(node.nodeName) && node.querySelector("a[href]");
    return node.id || node.getAttribute("aria-labelledby") || (a ? a.getAttribute("href") : "");
  }
  function fetched() {
    return fetch(location.href, { credentials: "same-origin", redirect: "manual" }).then(function (r) {
      return r.ok ? r.text() : "";
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html");
      return fresh.querySelector("main") ? fresh : null; // null: it is elsewhere now, or one has to log in
    });
  }
  function put(fresh) {
    var before = document.querySelector("main").textContent;
    renew(document.body, fresh.body);
    document.title = fresh.title;
    return document.querySelector("main").textContent !== before;
  }
  if (document.body.hasAttribute("data-live") && window.EventSource) {
    var source = new EventSource("/events"), busy = false, more = false;
    var look = function () {
      if (touched || document.querySelector("details[open] form")) {
        tell("有新数据，点这里刷新", location.href);
        return;
      }
      if (busy) {
        more = true; // what comes while it is looked at is looked at together
        return;
      }
      busy = true;
      fetched().then(function (fresh) {
        if (!fresh) location.reload();
        else if (put(fresh)) tell("本页内容已更新。");
      }).catch(function () {}).then(function () { // where the server is away, the next publication is told again
        busy = false;
        if (more) {
          more = false;
          look();
        }
      });
    };
    source.addEventListener("published", look);
    source.addEventListener("at", function (e) { // what was published while this page came is told to nobody
      var now = e.data.split(" "), here = document.body.getAttribute("data-live").split(" ");
      if (now.some(function (sign, i) { return here[i] && here[i] !== "-" && here[i] !== sign; })) look();
    });
    window.addEventListener("pagehide", function () { source.close(); });
  }
  var again = Number(document.body.dataset.again);
  if (again && window.fetch) { // what is being waited for is looked for behind the page, so that nobody is read it anew; without this the page loads itself again
    var wait = function () {
      fetched().then(function (fresh) {
        if (!fresh) {
          location.reload();
          return;
        }
        var title = document.querySelector("h1").textContent;
        put(fresh);
        if (fresh.querySelector("h1").textContent !== title) tell(fresh.querySelector("h1").textContent);
        if (fresh.body.hasAttribute("data-again")) setTimeout(wait, again * 1000);
      }).catch(function () { setTimeout(wait, again * 1000); }); // the server is away: it is asked on
    };
    setTimeout(wait, again * 1000);
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
      says.textContent = "";
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
      });
    });
  });
})();
