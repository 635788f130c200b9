// <input type="checkbox" data-choose-all="ids">: ticks every box of that name in its form; shown where scripts run.
(() => {
  'use strict';

  function connect(all) {
    const boxes = [...all.form.querySelectorAll(`input[type=checkbox][name="${all.dataset.chooseAll}"]`)];
    const follow = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    all.addEventListener('change', () => boxes.forEach((box) => { box.checked = all.checked; }));
    boxes.forEach((box) => box.addEventListener('change', follow));
    all.closest('[hidden]').hidden = false;
    follow();
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-choose-all]').forEach(connect);
  });
})();
