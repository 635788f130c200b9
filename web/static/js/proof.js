// <button data-show-marks='{"<BPMN id>": "<mark>"}' hidden>: shows these marks on the page's diagram instead of the present ones.
(() => {
  'use strict';

  document.addEventListener('DOMContentLoaded', () => {
    const place = document.querySelector('[data-diagram]');
    if (!place) return;
    for (const button of document.querySelectorAll('[data-show-marks]')) {
      button.hidden = false;
      button.addEventListener('click', () => {
        place.dataset.marks = button.dataset.showMarks;
        place.dispatchEvent(new Event('marks'));
        place.scrollIntoView({ block: 'nearest' });
      });
    }
  });
})();
