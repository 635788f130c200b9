// What is wrong with the draft as saved: a list whose lines lead to the element, and marks on the drawing.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const WITHIN = /^procedure\.yaml: (?:steps|ends|waits)\.([^.\s]+)/;
  const LANE = /^procedure\.yaml: lanes\.(.+?)(?:\.(?:role|of_division))?$/;

  // The element a finding speaks of, where the drawing has it.
  function elementOf(modeler, place) {
    const elements = modeler.get('elementRegistry');
    const lane = (LANE.exec(place) || [])[1] || place;
    return (
      elements.get(place) ||
      elements.get((WITHIN.exec(place) || [])[1]) ||
      elements.find((one) => one.type === 'bpmn:Lane' && one.businessObject.name === lane)
    );
  }

  // Entries of the sheet that nothing in the drawing needs any more can be taken out where they are named.
  const LEFT_OVER = { 'message.unused': 'messages', 'wait.unknown': 'waits', 'end.unknown': 'ends', 'step.unknown': 'steps', 'lane.unused': 'lanes' };
  // Files are looked after on pages of their own.
  const PAGES = { 'form.unused': 'forms', 'form.missing': 'forms', 'decision.unused': 'rules', 'decision.unknown': 'rules', 'slip.unused': 'slips', 'slip.missing': 'slips' };

  function mend(board, finding, made) {
    const part = LEFT_OVER[finding.code];
    const start = `procedure.yaml: ${part}.`;
    const button = made.querySelector('[data-mend]');
    const link = made.querySelector('a');
    button.hidden = !part || !finding.place.startsWith(start);
    link.hidden = !PAGES[finding.code];
    if (PAGES[finding.code]) link.href = `${board.here}/${PAGES[finding.code]}`;
    button.addEventListener('click', () => {
      board.modeler.get('sheet').change(null, [part, finding.place.slice(start.length)], undefined);
      made.remove();
    });
  }

  function line(board, finding, kind) {
    const element = elementOf(board.modeler, finding.place);
    const made = document.getElementById('finding-line').content.firstElementChild.cloneNode(true);
    made.classList.add(`finding-${kind}`);
    made.dataset.code = finding.code;
    mend(board, finding, made);
    const button = made.querySelector('button');
    const plain = made.querySelector('span');
    button.textContent = plain.textContent = finding.message;
    made.querySelector('small').textContent = element ? element.businessObject.name || element.id : finding.place;
    button.hidden = !element;
    plain.hidden = Boolean(element);
    if (element) {
      button.addEventListener('click', () => {
        board.modeler.get('canvas').scrollToElement(element, 120);
        board.modeler.get('selection').select(element);
        board.place.scrollIntoView({ block: 'start' });
      });
    }
    return made;
  }

  let marked = [];

  window.DrawingBoard.findings = (board, found) => {
    const canvas = board.modeler.get('canvas');
    const elements = board.modeler.get('elementRegistry');
    for (const [id, name] of marked) if (elements.get(id)) canvas.removeMarker(id, name);
    marked = [];
    for (const [kind, list] of [['warning', found.warnings], ['error', found.errors]]) {
      for (const finding of list) {
        const element = elementOf(board.modeler, finding.place);
        if (element) marked.push([element.id, `mark-${kind}`]);
      }
    }
    for (const [id, name] of marked) canvas.addMarker(id, name);
    const lines = [...found.errors.map((one) => line(board, one, 'error')), ...found.warnings.map((one) => line(board, one, 'warning'))];
    board.find('findings').replaceChildren(...lines);
    board.find('no-findings').hidden = lines.length > 0;
    board.find('findings-count').textContent = lines.length ? `(${lines.length})` : '';
    board.place.dataset.checked = found.version;
  };
})();
