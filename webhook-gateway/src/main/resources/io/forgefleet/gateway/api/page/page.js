
"use strict";
(() => {
  const escapes = /\u001b(\[[0-9;?]*[ -\/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)?|.)/g;
  const mostLines = 20000;

  const addCopyButtons = () => {
    if (!navigator.clipboard) return;
    for (const code of document.querySelectorAll("code.copy")) {
      const command = code.textContent;
      const button = document.createElement("button");
      button.textContent = "copy";
      button.onclick = () => navigator.clipboard.writeText(command).then(() => { button.textContent = "copied"; });
      code.append(button);
    }
  };

  const refresh = async () => {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.getElementById("live");
    if (next) {
      document.getElementById("live").replaceWith(next);
      document.title = fresh.title;
      addCopyButtons();
    }
  };

  const keepFresh = () => {
    const live = document.getElementById("live");
    if (!live || live.dataset.going !== "true") return;
    setTimeout(() => (document.hidden ? Promise.resolve() : refresh()).catch(() => {}).finally(keepFresh), 3000);
  };

  const followLog = (log) => {
    const source = new EventSource(log.dataset.source);
    let step = null;
    source.addEventListener("log", (message) => {
      const chunk = JSON.parse(message.data);
      const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 20;
      if (chunk.step !== step) {
        step = chunk.step;
        const title = document.createElement("b");
        title.textContent = step;
        log.append(title);
      }
      log.append(chunk.lines.map((line) => line.replace(escapes, "") + "\n").join(""));
      while (log.childNodes.length > mostLines) log.firstChild.remove();
      if (atEnd) log.scrollTop = log.scrollHeight;
    });
    source.addEventListener("end", () => {
      source.close();
      refresh().catch(() => {});
    });
  };

  addCopyButtons();
  keepFresh();
  const log = document.getElementById("log");
  if (log && window.EventSource) followLog(log);
})();
