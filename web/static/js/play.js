// <div data-path='["id", …]'> around a diagram: what the last act passed lights up one after another, unless the reader wants no motion.
(() => {
  'use strict';

  const STEP = 350;

  function walk(frame) {
    const place = frame.querySelector('[data-diagram]');
    const path = JSON.parse(frame.dataset.path || '[]');
    if (!place || !path.length || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const marks = JSON.parse(place.dataset.marks || '{}');
    const show = (at) => {
      const shown = at < path.length ? { ...marks, [path[at]]: `${marks[path[at]] || ''} token` } : marks;
      place.dataset.marks = JSON.stringify(shown);
      place.dispatchEvent(new CustomEvent('marks'));
      if (at < path.length) window.setTimeout(() => show(at + 1), STEP);
    };
    const watch = new MutationObserver(() => {
      if (place.dataset.drawn !== 'yes') return;
      watch.disconnect();
      show(0);
    });
    watch.observe(place, { attributes: true, attributeFilter: ['data-drawn'] });
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const frame of document.querySelectorAll('[data-path]')) walk(frame);
  });
})();
