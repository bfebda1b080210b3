// What the page does in the browser. A file of its own, because the security policy allows no script made from text.
(() => {
  const words = JSON.parse(document.currentScript.dataset.words);
  const root = document.documentElement;
  // Gradio takes its language from the browser; this page is Chinese whatever the browser speaks.
  root.lang = "zh-CN";
  Object.defineProperty(navigator, "language", { value: "zh-CN" });
  Object.defineProperty(navigator, "languages", { value: ["zh-CN"] });

  const enlarge = (on) => {
    root.classList.toggle("large", on);
    document.getElementById("large-text")?.setAttribute("aria-pressed", String(on));
  };
  enlarge(localStorage.getItem("large") === "1");

  // Labels that Gradio writes itself: in English, or the whole message with its markup.
  const LABELS = { "Copy message": "copy", 赞: "up", 踩: "down", Liked: "up", Disliked: "down" };
  const set = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value);
  const label = () => {
    document.querySelectorAll("#chat .message-buttons button").forEach((button) => {
      const name = LABELS[button.title];
      if (!name) return;
      set(button, "data-action", name);
      set(button, "aria-pressed", String(button.title.endsWith("iked")));
      set(button, "title", words[name]);
      set(button, "aria-label", words[name]);
    });
    document.querySelectorAll("#chat [role=log]").forEach((log) => set(log, "aria-label", words.log));
    document.querySelectorAll("#chat [data-testid=user], #chat [data-testid=bot]").forEach((message) => {
      set(message, "role", "group");
      set(message, "aria-label", words[message.dataset.testid]);
    });
    document.querySelectorAll("[data-testid=toast-text]").forEach((text) => {
      if (!/[\u4e00-\u9fff]/.test(text.textContent)) text.textContent = words.lost;
    });
    document.querySelectorAll("[data-testid=toast-close]").forEach((button) => set(button, "aria-label", words.close));
    set(document.getElementById("large-text") ?? root, "aria-pressed", String(root.classList.contains("large")));
  };

  // The page scrolls as a whole: after asking, the visitor sees the question with the answer's beginning below it.
  let asked = 0;
  const follow = () => {
    const questions = document.querySelectorAll("#chat .user-row");
    if (questions.length > asked && document.readyState === "complete") {
      if (matchMedia("(pointer: coarse)").matches) document.activeElement?.blur(); // puts the phone's keyboard away
      questions[questions.length - 1].scrollIntoView({ block: "start" });
    }
    asked = questions.length;
  };

  let focused = false;
  const focus = () => {
    const box = document.querySelector("#query textarea");
    if (focused || !box) return;
    focused = true;
    if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  };

  const lines = (element) => {
    if (element.matches(".badge, p:has(> .badge)")) return "";
    if (element.matches("ul, ol"))
      return [...element.children].map((item, i) => (element.matches("ol") ? `${i + 1}. ` : "- ") + item.innerText).join("\n");
    if (element.matches(".sources")) return [...element.querySelectorAll("summary")].map((each) => each.innerText).join("\n");
    return element.innerText;
  };
  const copy = async (button) => {
    const content = button.closest(".message-buttons").previousElementSibling.querySelector(".message-content > *");
    const text = [...content.children].map(lines).filter(Boolean).join("\n\n");
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else {
      // Browsers give pages without HTTPS no clipboard; a window's computer often opens this page so.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.title = words.copied;
    setTimeout(() => (button.title = words.copy), 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.id === "print") window.print();
    if (button?.id === "large-text") {
      const on = !root.classList.contains("large");
      localStorage.setItem("large", on ? "1" : "");
      enlarge(on);
    }
    if (button?.dataset.action === "copy") {
      event.stopImmediatePropagation(); // Gradio would copy the markup
      copy(button);
    }
  }, true);

  // On paper every source is unfolded.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("#chat details:not([open])")];
    closed.forEach((details) => (details.open = true));
    document.getElementById("bottom").dataset.printed = `${words.printed}：${new Date().toLocaleDateString("zh-CN")}`;
  });
  addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));

  addEventListener("DOMContentLoaded", () => {
    const changed = () => (label(), follow(), focus());
    const options = { childList: true, subtree: true, attributes: true, attributeFilter: ["title", "aria-label"] };
    new MutationObserver(changed).observe(document.body, options);
  });
})();
