// <div data-filter="#list">…search form…</div>: the list narrows while one types, without diacritics, before the server is asked.
// Items carry data-filter-item="folded text"; groups (data-filter-group) without any visible item disappear.
(() => {
  'use strict';

  const fold = (text) => text.normalize('NFD').replace(/\p{Mn}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim();

  function watch(place) {
    const list = document.querySelector(place.dataset.filter);
    const input = place.querySelector('input[type=search]');
    const nothing = document.querySelector('[data-filter-empty]');
    if (!list || !input) return;

    function narrow() {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of list.querySelectorAll('[data-filter-item]')) {
        const fits = words.every((word) => item.dataset.filterItem.includes(word));
        item.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      for (const group of list.querySelectorAll('[data-filter-group]')) {
        group.hidden = !group.querySelector('[data-filter-item]:not([hidden])');
      }
      if (nothing) nothing.hidden = shown > 0;
    }

    // Enter opens the only one left.
    place.querySelector('form').addEventListener('submit', (event) => {
      const left = list.querySelectorAll('[data-filter-item]:not([hidden]) a');
      if (left.length === 1) {
        event.preventDefault();
        left[0].click();
      }
    });
    input.addEventListener('input', narrow);
    if (input.value === '') input.focus();
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const place of document.querySelectorAll('[data-filter]')) watch(place);
  });
})();
