/* Pages that wait for the worker look again by themselves; a finished print goes to the printer. ES2019, no library. */
(function () {
  "use strict";

  var token = (document.querySelector("meta[name=csrf]") || { content: "" }).content;
  var box = document.querySelector("[data-progress]");
  var tries = 0;

  function set(selector, text) {
    var place = box.querySelector(selector);
    if (place && place.textContent !== text) { place.textContent = text; }
  }

  function show(state) {
    if (state.href) { window.location.replace(state.href); return; }
    var bar = box.querySelector("[data-bar]");
    set("[data-text]", state.text);
    set("[data-left]", state.left);
    box.classList.toggle("stuck", state.is_stuck);
    if (state.total) { bar.max = state.total; bar.value = state.done; } else { bar.removeAttribute("value"); }
    look();
  }

  /* small prints are ready within a second; long ones need no more than a look a second */
  function look() {
    tries += 1;
    setTimeout(function () {
      fetch(box.dataset.progress, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
          return answer.json();
        })
        .then(show)
        .catch(function () { if (tries % 10 === 0) { window.location.reload(); } else { look(); } });
    }, tries < 12 ? 250 : 1000);
  }

  if (box) { look(); }

  Array.prototype.forEach.call(document.querySelectorAll("[data-print-frame]"), function (button) {
    var frame = document.getElementById(button.dataset.printFrame);
    button.hidden = window.matchMedia("(max-width: 820px)").matches;
    button.addEventListener("click", function () {
      fetch(button.dataset.copy, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" } });
      frame.contentWindow.focus();
      frame.contentWindow.print();
    });
  });
})();
