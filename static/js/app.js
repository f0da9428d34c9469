// Small comforts on top of pages that work without script: focus, busy marks, double sends, character counts, the menu.

(function () {
  "use strict";

  const words = document.documentElement.dataset;

  function focusOn(element) {
    if (!element) return false;
    if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
    element.focus();
    return document.activeElement === element;
  }

  // Where the reader should be: the error summary first, else what the server marked with data-focus.
  function focusWithin(root) {
    const scope = root.matches && root.matches("[data-focus], .error-summary") ? root.parentElement || root : root;
    return focusOn(scope.querySelector(".error-summary")) || focusOn(scope.querySelector("[data-focus]"));
  }

  function followSummaryLink(event) {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    const label = document.querySelector(`label[for="${field.id}"]`) || field;
    label.scrollIntoView({ block: "center" });
  }

  // The server's idempotency key is the real guard; this only spares people the second answer.
  function guardDoubleSend(event) {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("aria-busy", "true");
    const button = event.submitter;
    if (button && words.wordSaving) {
      const note = document.createElement("span");
      note.className = "saving";
      note.textContent = " " + words.wordSaving;
      button.append(note);
    }
  }

  function release(form) {
    form.removeAttribute("aria-busy");
    form.querySelectorAll(".saving").forEach((note) => note.remove());
  }

  function count(area) {
    const limit = Number(area.dataset.limit);
    const note = document.getElementById(area.id + "_count");
    if (!limit || !note) return;
    const left = limit - area.value.length;
    note.textContent = (left < 0 ? words.wordOver : words.wordLeft).replace("{n}", Math.abs(left));
    note.classList.toggle("form-count-over", left < 0);
  }

  function prepare(root) {
    root.querySelectorAll("textarea[data-limit]").forEach(count);
  }

  function toggleMenu(event) {
    const button = event.target.closest(".menu-button");
    if (!button) return;
    const menu = document.getElementById(button.getAttribute("aria-controls"));
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    menu.toggleAttribute("data-open", open);
  }

  function showNetworkError(show) {
    const box = document.getElementById("net-error");
    if (box) box.hidden = !show;
  }

  // The server ends a session that has been idle. Said in time, and the page hidden when it has happened.
  // Compared with the clock, because timers stand still while a computer sleeps.
  function watchIdleness(dialog) {
    const idle = Number(dialog.dataset.idleSeconds) * 1000;
    const warn = Number(dialog.dataset.warnSeconds) * 1000;
    const main = document.getElementById("main");
    let heardFromServer = Date.now();
    let isOver = false;

    function show(part) {
      dialog.querySelectorAll("[data-idle]").forEach((one) => (one.hidden = one.dataset.idle !== part));
      if (!dialog.open) dialog.showModal();
    }
    function look() {
      const quiet = Date.now() - heardFromServer;
      if (!isOver && quiet >= idle) {
        isOver = true;
        main.classList.add("is-hidden-from-others");
        show("over");
      } else if (!isOver && quiet >= idle - warn) {
        show("soon");
      }
    }
    document.addEventListener("htmx:responseError", (event) => {
      if (event.detail.xhr.status !== 401 || !dialog.contains(event.detail.elt)) return;
      heardFromServer = 0;
      look();
    });
    dialog.addEventListener("close", () => main.classList.remove("is-hidden-from-others"));
    document.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful) return;
      heardFromServer = Date.now();
      if (dialog.open && !isOver) dialog.close();
    });
    document.addEventListener("visibilitychange", look);
    window.setInterval(look, 5000);
  }

  // Print buttons show only where script can press them.
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  document.addEventListener("click", toggleMenu);
  document.addEventListener("click", followSummaryLink);
  document.addEventListener("submit", guardDoubleSend, true);
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-limit]")) count(event.target);
  });
  // A page brought back by the Back button must be usable again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));

  document.addEventListener("htmx:beforeRequest", (event) => {
    showNetworkError(false);
    event.detail.target.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.target.removeAttribute("aria-busy");
    if (event.target.matches("form")) release(event.target);
  });
  document.addEventListener("htmx:sendError", () => showNetworkError(true));
  document.addEventListener("htmx:responseError", (event) => {
    // Signed out: the answer leads to the sign-in page and back, and nothing typed is lost.
    if (event.detail.xhr.status !== 401) showNetworkError(true);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    prepare(event.target);
    focusWithin(event.target);
  });

  const idleDialog = document.getElementById("idle");
  if (idleDialog) watchIdleness(idleDialog);

  prepare(document);
  focusWithin(document.body);
})();
