// <form data-grid>: arrow keys go from row to row in the same column.
(() => {
  'use strict';
  const STEPS = { ArrowUp: -1, ArrowDown: 1 };

  document.addEventListener('keydown', (event) => {
    const cell = event.target.closest('[data-grid] tbody td');
    const step = STEPS[event.key];
    if (!cell || !step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = cell.parentElement;
    const next = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    const box = next && next.cells[cell.cellIndex] && next.cells[cell.cellIndex].querySelector('input');
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
