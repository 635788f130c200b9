// <div data-deadline-preview="/…" data-watch="public_service received_at">: the due moment and how it came about, drawn by the
// server for what is typed now, before anything is saved.
(() => {
  'use strict';
  const PAUSE = 250;
  const vi = document.documentElement.lang !== 'en';

  function watch(place) {
    const form = place.closest('form') || document.querySelector(place.dataset.form);
    const names = place.dataset.watch.split(' ');
    let timer = 0;
    let asked = 0;

    async function look() {
      const query = new URLSearchParams();
      const values = new FormData(form);
      for (const name of names) query.set(name, values.get(name) || '');
      const turn = (asked += 1);
      place.setAttribute('aria-busy', 'true');
      try {
        const response = await fetch(`${place.dataset.deadlinePreview}?${query}`, { headers: { Accept: 'text/html' }, redirect: 'error' });
        const text = await response.text();
        if (turn !== asked) return;
        if (!response.ok) throw new Error(String(response.status));
        place.innerHTML = text;
      } catch {
        if (turn === asked) place.textContent = vi ? 'Chưa tính được hạn trả: kiểm tra thủ tục và thời điểm nhận.' : 'No due moment yet: check the service and the moment of receipt.';
      } finally {
        if (turn === asked) place.removeAttribute('aria-busy');
      }
    }

    const later = (event) => {
      if (event && !names.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    };
    form.addEventListener('input', later);
    form.addEventListener('change', later);
    later();
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const place of document.querySelectorAll('[data-deadline-preview]')) watch(place);
  });
})();
