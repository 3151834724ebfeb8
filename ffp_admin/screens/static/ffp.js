/* What a browser may add to the pages; every page also works without it. ES2019, no library (a test refuses newer words). */
(function () {
  "use strict";

  var token = (document.querySelector("meta[name=csrf]") || { content: "" }).content;

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }

  function later(wait, work) {
    var timer = 0;
    return function () { clearTimeout(timer); timer = setTimeout(work, wait); };
  }

  function post(url, body) {
    return fetch(url, { method: "POST", body: body, credentials: "same-origin", headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" } })
      .then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.json();
      });
  }

  /* ---- menu on a phone ---- */
  var opener = document.getElementById("menu-open");
  if (opener) {
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") { opener.checked = false; } });
  }

  /* ---- on a phone the filters wait behind a button until they are wanted ---- */
  all("[data-foldable]").forEach(function (box) {
    var more = all("[data-more-sieve]", box);
    var unfold = box.querySelector("[data-unfold]");
    if (!more.length || !box.querySelector("[name=keyword]") || !window.matchMedia("(max-width: 820px)").matches) { return; }
    more.forEach(function (one) { one.hidden = true; });
    unfold.hidden = false;
    unfold.addEventListener("click", function () {
      more.forEach(function (one) { one.hidden = false; });
      unfold.hidden = true;
    });
  });

  /* ---- dates: a calendar leaf beside the box ---- */
  function addLeaf(box) {
    if (box.querySelector(".leaf")) { return; }
    var text = box.querySelector("input[type=text]");
    var leaf = document.createElement("span");
    var native = document.createElement("input");
    leaf.className = "leaf";
    native.type = "date";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    native.addEventListener("change", function () {
      var parts = native.value.split("-");
      if (parts.length === 3) {
        text.value = Number(parts[0]) + "年" + Number(parts[1]) + "月" + Number(parts[2]) + "日";
        text.dispatchEvent(new Event("input", { bubbles: true }));
        text.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    leaf.appendChild(native);
    box.appendChild(leaf);
  }

  /* ---- look-up while typing ---- */
  function addLookUp(box) {
    if (box.dataset.ready) { return; }
    box.dataset.ready = "1";
    var hidden = box.querySelector("input[type=hidden]");
    var text = box.querySelector("input[type=text]");
    var list = null;
    var marked = -1;
    var asked = 0;
    var listId = (text.id || "pick") + "-found";
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-expanded", "false");

    function close() {
      if (list) { list.remove(); list = null; }
      marked = -1;
      text.setAttribute("aria-expanded", "false");
      text.removeAttribute("aria-activedescendant");
    }
    function mark(index) {
      var items = list ? all("li[data-id]", list) : [];
      if (!items.length) { return; }
      marked = (index + items.length) % items.length;
      items.forEach(function (item, i) { item.setAttribute("aria-selected", i === marked ? "true" : "false"); });
      text.setAttribute("aria-activedescendant", items[marked].id);
      items[marked].scrollIntoView({ block: "nearest" });
    }
    function take(item) {
      hidden.value = item.dataset.id;
      text.value = item.dataset.text;
      box.classList.add("settled");
      close();
      text.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function show(found) {
      close();
      list = document.createElement("ul");
      list.className = "found";
      list.id = listId;
      list.setAttribute("role", "listbox");
      found.forEach(function (one, i) {
        var item = document.createElement("li");
        item.id = listId + i;
        item.dataset.id = one.id;
        item.dataset.text = one.text;
        item.textContent = one.text;
        if (one.more) {
          var more = document.createElement("span");
          more.className = "more";
          more.textContent = one.more;
          item.appendChild(more);
        }
        item.setAttribute("role", "option");
        item.addEventListener("mousedown", function (event) { event.preventDefault(); take(item); });
        list.appendChild(item);
      });
      if (!found.length) {
        var none = document.createElement("li");
        none.className = "none";
        none.textContent = (document.querySelector("[data-none]") || { dataset: { none: "—" } }).dataset.none;
        list.appendChild(none);
      }
      box.appendChild(list);
      text.setAttribute("aria-expanded", "true");
      text.setAttribute("aria-controls", listId);
      if (found.length) { mark(0); }
    }
    var ask = later(220, function () {
      var typed = text.value.trim();
      var mine = ++asked;
      if (!typed) { close(); return; }
      var body = new URLSearchParams();
      body.append("text", typed);
      post(box.dataset.pick, body).then(function (answer) {
        if (mine === asked && document.activeElement === text) { show(answer.found); }
      }).catch(function () { close(); });
    });
    text.addEventListener("input", function () {
      hidden.value = "";
      box.classList.remove("settled");
      ask();
    });
    text.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown") { event.preventDefault(); if (list) { mark(marked + 1); } else { ask(); } }
      else if (event.key === "ArrowUp" && list) { event.preventDefault(); mark(marked - 1); }
      else if (event.key === "Enter" && list && marked >= 0) { event.preventDefault(); take(all("li[data-id]", list)[marked]); }
      else if (event.key === "Escape" && list) { event.preventDefault(); event.stopPropagation(); close(); }
      else if (event.key === "Tab" && list && marked >= 0 && !hidden.value) { take(all("li[data-id]", list)[marked]); }
    });
    text.addEventListener("blur", function () { asked += 1; setTimeout(close, 120); });
  }

  function enliven(root) {
    all("[data-date]", root).forEach(addLeaf);
    all("[data-pick]", root).forEach(addLookUp);
  }
  enliven(document);

  /* ---- rows of a table ---- */
  function renumber(box) {
    all("tbody > tr", box).forEach(function (row, i) {
      var turn = row.querySelector(".turn");
      turn.setAttribute("data-label", box.dataset.turn.replace("%s", String(i + 1)));
      turn.querySelector("span").textContent = i + 1;
    });
  }
  function nextIndex(box) {
    return all("tbody > tr", box).reduce(function (most, row) { return Math.max(most, Number(row.dataset.row) + 1); }, 0);
  }
  function addRow(box) {
    var holder = document.createElement("tbody");
    holder.innerHTML = box.querySelector("template").innerHTML.split("__n__").join(String(nextIndex(box)));
    var row = holder.firstElementChild;
    box.querySelector("tbody").appendChild(row);
    enliven(row);
    renumber(box);
    var first = row.querySelector("input[type=text], select, input[type=radio]");
    if (first) { first.focus(); }
  }

  /* ---- the form ---- */
  var form = document.querySelector("form[data-ledger]");
  if (!form) { return; }
  var watched = form.dataset.watched.split(" ").filter(Boolean);
  var state = form.querySelector("[data-state]");
  var touched = {};
  var dirty = false;
  var leaving = false;

  all("[data-update]", form).forEach(function (button) { button.hidden = true; });

  function rootName(name) { return name.replace(/^f-/, "").split(/-\d+-/)[0]; }
  function boxOf(id) { return form.querySelector('[data-field="' + id.replace(/["\\]/g, "\\$&") + '"]'); }

  function say(box, kind, texts) {
    var place = box.querySelector(".said");
    if (!place) { return; }
    all("." + kind, place).forEach(function (old) { old.remove(); });
    texts.forEach(function (text) {
      var line = document.createElement("p");
      line.className = kind;
      line.textContent = text;
      place.appendChild(line);
    });
    if (kind === "fault") { box.classList.toggle("wrong", texts.length > 0); }
  }

  function show(answer) {
    Object.keys(answer.fields).forEach(function (id) {
      var told = answer.fields[id];
      var box = boxOf(id);
      if (!box) { return; }
      box.hidden = !told.shown;
      var must = box.querySelector(":scope > label .must, :scope > .label .must");
      if (must) { must.hidden = !told.required; }
      var active = box.contains(document.activeElement) && document.activeElement !== document.body;
      if (!active || told.faults.length === 0) {
        if (touched[id] || told.faults.length === 0) { say(box, "fault", told.faults); }
      }
      say(box, "doubted", told.doubts);
      var under = form.querySelector('[data-under="' + id + '"]');
      if (under) { under.textContent = told.under; }
      var known = form.querySelector('[data-known="' + id + '"]');
      if (known) { known.textContent = told.text; }
      if (told.offered && !touched[id] && !active) { offer(box, told); }
    });
    all("[data-section]", form).forEach(function (section, i) { section.hidden = !answer.sections[i]; });
    var doubts = document.getElementById("doubts");
    if (doubts) {
      doubts.hidden = answer.doubts.length === 0;
      var list = doubts.querySelector("ul");
      list.textContent = "";
      answer.doubts.forEach(function (doubt) {
        var item = document.createElement("li");
        item.textContent = (doubt.label ? doubt.label + "：" : "") + doubt.text;
        list.appendChild(item);
      });
    }
  }

  /* a value taken over from elsewhere goes only into a box in which nothing stands */
  function offer(box, told) {
    var text = box.querySelector("input[type=text], textarea");
    var radio = box.querySelector('input[type=radio][value="' + told.raw[0] + '"]');
    var select = box.querySelector("select");
    var chosen = box.querySelector("input[type=radio]:checked");
    if (text && !text.value && told.raw.length === 1) { text.value = told.raw[0]; }
    else if (select && !select.value) { select.value = told.raw[0]; }
    else if (radio && (!chosen || !chosen.value)) { radio.checked = true; }
  }

  var turn = 0;
  var preview = later(450, function () {
    var mine = ++turn;
    post(form.dataset.preview, new URLSearchParams(new FormData(form))).then(function (answer) {
      if (mine === turn) { show(answer); }
    }).catch(function () { /* the save button says what is wrong */ });
  });

  var keep = later(5000, function () {
    if (!dirty || leaving || !form.dataset.draft) { return; } /* an earlier draft waits: it is not written over */
    dirty = false;
    post(form.dataset.draft, new URLSearchParams(new FormData(form))).then(function (answer) {
      state.textContent = form.dataset.toldDraft.replace("%s", answer.time);
    }).catch(function () {
      dirty = true;
      state.textContent = form.dataset.toldOffline;
    });
  });

  function noticed(event) {
    var box = event.target.closest("[data-field]");
    if (!event.target.name || !box) { return; }
    touched[box.dataset.field] = true;
    dirty = true;
    keep();
    if (watched.indexOf(rootName(event.target.name)) >= 0) { preview(); }
  }
  form.addEventListener("input", noticed);
  form.addEventListener("change", noticed);

  form.addEventListener("click", function (event) {
    var more = event.target.closest("[data-more]");
    var drop = event.target.closest("[data-drop]");
    if (more) {
      event.preventDefault();
      addRow(more.closest("[data-lines]"));
    } else if (drop) {
      event.preventDefault();
      var box = drop.closest("[data-lines]");
      drop.closest("tr").remove();
      renumber(box);
      dirty = true;
      keep();
      preview();
    }
  });

  form.addEventListener("submit", function (event) {
    if (leaving) { event.preventDefault(); return; }
    leaving = true;
    setTimeout(function () { leaving = false; }, 8000);
  });
  window.addEventListener("pageshow", function () { leaving = false; });

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && dirty && !leaving && form.dataset.draft) {
      var body = new URLSearchParams(new FormData(form));
      body.append("csrf_token", token);
      navigator.sendBeacon(form.dataset.draft, body);
      dirty = false;
    }
  });

  var faults = document.querySelector("[data-faults]");
  if (faults) {
    var target = faults.querySelector("a[href]");
    var field = target ? document.getElementById(decodeURIComponent(target.getAttribute("href").slice(1))) : null;
    (field || faults).focus();
    faults.scrollIntoView({ block: "nearest" });
  }
})();
