// <div class="diagram" data-diagram="address of the BPMN XML" data-now="ids" data-done="ids">: the model with the token on it.
// data-marks='{"<BPMN id>": "<mark>"}' colours shapes and flows: added removed changed moved visited missed token warning error; one id may
// carry several marks with spaces between. A legend stands beside it: <ul class="diagram-key"><li><span class="key-mark mark-added">. Whoever
// changes data-marks later sends the place the event "marks"; a shape that is clicked is told by the event "picked" (detail: its id).
// The event "show" (detail: ids) brings those shapes into view and outlines them until others are shown. data-look: what is looked at first.
(() => {
  'use strict';

  async function draw(place) {
    const loading = place.querySelector('.loading');
    try {
      const response = await fetch(place.dataset.diagram, { headers: { Accept: 'application/xml' } });
      if (!response.ok) throw new Error(String(response.status));
      const viewer = new window.BpmnViewer({ container: place });
      await viewer.importXML(await response.text());
      const canvas = viewer.get('canvas');
      mark(viewer, place.dataset.done, 'is-done');
      mark(viewer, place.dataset.now, 'is-now');
      follow(viewer, place);
      look(viewer, place.dataset.look || place.dataset.now);
      // The mouse wheel scrolls the page; zooming has its buttons (and Ctrl + wheel).
      viewer.get('zoomScroll').toggle(false);
      tools(place, canvas, viewer);
      place.dataset.drawn = 'yes';
    } catch {
      place.querySelector('[data-failed]').hidden = false;
      place.dataset.drawn = 'failed';
    } finally {
      loading.remove();
    }
  }

  function mark(viewer, ids, name) {
    const elements = viewer.get('elementRegistry');
    for (const id of (ids || '').split(' ')) {
      if (id && elements.get(id)) viewer.get('canvas').addMarker(id, name);
    }
  }

  const MARKS = ['added', 'removed', 'changed', 'moved', 'visited', 'missed', 'token', 'warning', 'error'];

  // Paints data-marks, and paints it again whenever the place is told that it changed.
  function follow(viewer, place) {
    const canvas = viewer.get('canvas');
    const elements = viewer.get('elementRegistry');
    let painted = [];
    const paint = () => {
      for (const [id, name] of painted) canvas.removeMarker(id, name);
      painted = Object.entries(JSON.parse(place.dataset.marks || '{}'))
        .filter(([id]) => elements.get(id))
        .flatMap(([id, words]) => words.split(' ').filter((word) => MARKS.includes(word)).map((word) => [id, `mark-${word}`]));
      for (const [id, name] of painted) canvas.addMarker(id, name);
    };
    paint();
    place.addEventListener('marks', paint);
    let shown = [];
    place.addEventListener('show', ({ detail }) => { shown = show(viewer, detail, shown); });
    viewer.get('eventBus').on('element.click', ({ element }) => {
      place.dispatchEvent(new CustomEvent('picked', { detail: element.businessObject.id, bubbles: true }));
    });
  }

  // Outlines these shapes and brings the first of them into the middle, large enough to read.
  function show(viewer, ids, former) {
    const canvas = viewer.get('canvas');
    const elements = viewer.get('elementRegistry');
    for (const id of former) canvas.removeMarker(id, 'is-shown');
    const found = ids.filter((id) => elements.get(id));
    for (const id of found) canvas.addMarker(id, 'is-shown');
    if (found.length) center(canvas, elements.get(found[0]));
    return found;
  }

  function center(canvas, element) {
    const points = element.waypoints || [element, { x: element.x + element.width, y: element.y + element.height }];
    const spread = (axis) => (Math.min(...points.map((p) => p[axis])) + Math.max(...points.map((p) => p[axis]))) / 2;
    canvas.zoom(0.75);
    const box = canvas.viewbox();
    canvas.viewbox({ x: spread('x') - box.width / 2, y: spread('y') - box.height / 2, width: box.width, height: box.height });
  }

  // The whole model where its words can be read, else the place where the token stands.
  function look(viewer, ids) {
    const canvas = viewer.get('canvas');
    const scale = canvas.zoom('fit-viewport', 'auto');
    const here = viewer.get('elementRegistry').get((ids || '').split(' ')[0]);
    if (scale >= 0.6 || !here) return;
    center(canvas, here);
  }

  function tools(place, canvas, viewer) {
    const bar = place.querySelector('.diagram-tools');
    bar.hidden = false;
    bar.addEventListener('click', (event) => {
      const step = event.target.closest('[data-zoom]');
      if (!step) return;
      if (step.dataset.zoom === 'fit') canvas.zoom('fit-viewport', 'auto');
      else viewer.get('zoomScroll').stepZoom(Number(step.dataset.zoom) > 1 ? 1 : -1);
    });
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const place of document.querySelectorAll('[data-diagram]')) draw(place);
  });
})();
